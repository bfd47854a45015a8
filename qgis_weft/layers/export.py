# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons as a file for others: Shapefile, GeoPackage, GeoJSON, FlatGeobuf."""

from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeatureRequest,
    QgsProject,
    QgsVectorFileWriter,
)

from ..translate import tr

FORMATS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}
# A Shapefile's names have ten letters at most.
SHORT = {"perimeter_m": "perim_m", "regularised": "regular", "heading_deg": "heading"}


def filters():
    """The formats for a file dialog."""
    return ";;".join(f"{driver} (*{suffix})" for suffix, driver in FORMATS.items())


def export(layer, path):
    """Write the layer, edits included, in the format of the suffix; OSError when it fails."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise OSError(tr("Choose a name that ends in {}.").format(", ".join(FORMATS)))
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.fileEncoding = FORMATS[suffix], "UTF-8"
    options.layerName = Path(path).stem
    copy = layer
    if suffix == ".shp":
        copy = with_short_names(layer)
    if suffix == ".geojson":
        # RFC 7946 knows no other CRS.
        options.ct = transform_to(layer, "EPSG:4326")
    context = QgsProject.instance().transformContext()
    code, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(copy, str(path), context, options)
    if code != QgsVectorFileWriter.NoError:
        raise OSError(message)


def with_short_names(layer):
    """A copy in memory whose field names fit into a Shapefile."""
    copy = layer.materialize(QgsFeatureRequest())
    copy.startEditing()
    for long, short in SHORT.items():
        index = copy.fields().indexOf(long)
        if index >= 0:
            copy.renameAttribute(index, short)
    copy.commitChanges()
    return copy


def transform_to(layer, crs):
    """The transformation from the layer's CRS."""
    return QgsCoordinateTransform(
        layer.crs(), QgsCoordinateReferenceSystem(crs), QgsProject.instance()
    )
