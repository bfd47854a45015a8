# SPDX-License-Identifier: GPL-3.0-or-later
"""What to run over: whole images, what the map shows, or what is selected."""

from dataclasses import dataclass
from typing import Optional

from qgis.core import QgsGeometry

from ..layers.images import crs_text, meets


@dataclass(frozen=True)
class Where:
    """Files of images, and a part of them as WKT and CRS, or None for all of them."""

    images: tuple
    extent: Optional[tuple] = None


def everything(desk):
    """All of all chosen images."""
    return Where(tuple(desk.image_paths()))


def in_view(desk, canvas):
    """What the map shows; all images if it shows none, and the engine says what is wrong."""
    settings = canvas.mapSettings()
    # a polygon, because the map may be turned; the corners come without the first one repeated
    corners = settings.visiblePolygon()
    corners.append(corners.first())
    return _inside(desk, QgsGeometry.fromQPolygonF(corners), settings.destinationCrs())


def in_selection(desk, layer):
    """Inside the selected polygons of a vector layer; LookupError when none is selected."""
    shapes = [feature.geometry() for feature in layer.selectedFeatures()]
    if not shapes:
        raise LookupError
    return _inside(desk, QgsGeometry.unaryUnion(shapes), layer.crs())


def _inside(desk, ground, crs):
    images = desk.images()
    met = [each for each in images if meets(each[0], ground, crs)] or images
    return Where(tuple(facts.path for _, facts in met), (ground.asWkt(), crs_text(crs)))
