# SPDX-License-Identifier: GPL-3.0-or-later
"""From points of the map to geometries; nothing of widgets here."""

from qgis.core import QgsGeometry, QgsPointXY, QgsRectangle

SIMPLER = 0.1  # of the brush's width: finer wiggles of the hand are noise


def polygon(points):
    """A polygon through corners; None with fewer than three different ones."""
    if len({(point.x(), point.y()) for point in points}) < 3:
        return None
    shape = QgsGeometry.fromPolygonXY([[*points, points[0]]])
    return shape if shape.area() > 0 else None


def turned_rectangle(first, opposite, rotation):
    """A rectangle with two opposite corners, upright on a map turned by `rotation` degrees.

    None when it has no area.
    """
    pair = QgsGeometry.fromMultiPointXY([first, opposite])
    pair.rotate(rotation, first)
    box = QgsRectangle(*(QgsPointXY(each) for each in pair.asMultiPoint()))
    if box.isEmpty():
        return None
    shape = QgsGeometry.fromRect(box)
    shape.rotate(-rotation, first)
    return shape


def stroke(points, width):
    """What a round brush of `width` covers along points."""
    if len(points) == 1:
        return QgsGeometry.fromPointXY(points[0]).buffer(width / 2, 8)
    line = QgsGeometry.fromPolylineXY(points).simplify(width * SIMPLER)
    return line.buffer(width / 2, 8)
