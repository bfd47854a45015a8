# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of what is drawn, unsaved edits included, for a job to read while the user goes on."""

from pathlib import Path

from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsFields,
    QgsProcessingFeatureSource,
    QgsProject,
    QgsVectorFileWriter,
)

from .labels import AREAS, FIELD, LABELS


def take_snapshot(layers, path):
    """Write labels and areas to a new GeoPackage at `path`; OSError when that fails."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    for layer, name in ((layers.labels, LABELS), (layers.areas, AREAS)):
        options = _options(path, name)
        # a key that is still to be made up is no number
        options.attributes = [layer.fields().indexOf(FIELD)] if name == LABELS else []
        options.skipAttributeCreation = name == AREAS
        context = QgsProject.instance().transformContext()
        code, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(
            layer, str(path), context, options
        )
        if code != QgsVectorFileWriter.NoError:
            raise OSError(message)
    return path


def write_source(source, path, name, field, transform_context):
    """Add what an algorithm is given, selected or filtered, to the GeoPackage as layer `name`.

    Of its fields only `field` goes along, as FIELD, if the source has it. OSError when it fails.
    """
    place, fields = source.fields().lookupField(field), QgsFields()
    if place >= 0:
        kept = QgsField(source.fields().at(place))
        kept.setName(FIELD)
        fields.append(kept)
    kind, crs = source.wkbType(), source.sourceCrs()
    writer = QgsVectorFileWriter.create(
        str(path), fields, kind, crs, transform_context, _options(path, name)
    )
    if writer.hasError() != QgsVectorFileWriter.NoError:
        raise OSError(writer.errorMessage())
    # the engine mends outlines itself, and says so
    anyhow = QgsProcessingFeatureSource.FlagSkipGeometryValidityChecks
    for given in source.getFeatures(QgsFeatureRequest(), anyhow):
        feature = QgsFeature(fields)
        feature.setGeometry(given.geometry())
        if place >= 0:
            feature.setAttribute(0, given.attribute(place))
        if not writer.addFeature(feature):
            raise OSError(writer.errorMessage())
    if not writer.flushBuffer():
        raise OSError(writer.errorMessage())


def _options(path, name):
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName, options.fileEncoding = "GPKG", name, "UTF-8"
    if Path(path).exists():
        options.actionOnExistingFile = QgsVectorFileWriter.CreateOrOverwriteLayer
    return options
