# SPDX-License-Identifier: GPL-3.0-or-later
"""How much ground labels cover."""

from qgis.core import QgsDistanceArea, QgsProject, QgsUnitTypes

from .labels import FIELD


def areas_by_class(layer):
    """Square metres of the labels of each class, on the ellipsoid."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(layer.crs(), QgsProject.instance().transformContext())
    measure.setEllipsoid(layer.crs().ellipsoidAcronym() or "WGS84")
    found = {}
    for feature in layer.getFeatures():
        area = measure.measureArea(feature.geometry())
        square_metres = measure.convertAreaMeasurement(area, QgsUnitTypes.AreaSquareMeters)
        name = feature.attribute(FIELD)
        found[name] = found.get(name, 0.0) + square_metres
    return found
