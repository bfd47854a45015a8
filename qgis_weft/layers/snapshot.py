# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of what is drawn, unsaved edits included, for a job to read while the user goes on."""

from pathlib import Path

from qgis.core import QgsProject, QgsVectorFileWriter

from .labels import AREAS, FIELD, LABELS


def take_snapshot(layers, path):
    """Write labels and areas to a new GeoPackage at `path`; OSError when that fails."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    for layer, name in ((layers.labels, LABELS), (layers.areas, AREAS)):
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName, options.fileEncoding = "GPKG", name, "UTF-8"
        if path.exists():
            options.actionOnExistingFile = QgsVectorFileWriter.CreateOrOverwriteLayer
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
