# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that asks which Qt or QGIS this is."""

from qgis.core import QgsField, QgsMapLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QT_VERSION_STR, QVariant

QT6 = QT_VERSION_STR.startswith("6")


def text_field(name):
    """A field of text; its type has another name from Qt 6 on."""
    if QT6:
        from qgis.PyQt.QtCore import QMetaType

        return QgsField(name, QMetaType.Type.QString)
    return QgsField(name, QVariant.String)


def is_raster(layer):
    """Whether a layer is a raster layer."""
    return (
        layer is not None
        and layer.type() == getattr(QgsMapLayer, "LayerType", QgsMapLayer).RasterLayer
    )


def is_polygon(layer):
    """Whether a vector layer holds polygons."""
    return layer.geometryType() == QgsWkbTypes.PolygonGeometry


def event_position(event):
    """Where a mouse event of a canvas or widget is, in its own pixels."""
    return event.position().toPoint() if hasattr(event, "position") else event.pos()
