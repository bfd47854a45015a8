# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines of the regions of a class raster, in pixel coordinates and on the ground."""

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes

Polygons = NDArray[np.object_]


def trace(classes: NDArray[np.uint8]) -> tuple[Polygons, NDArray[np.uint8]]:
    """Polygons with holes of the 4-connected regions of `classes`, and the class of each.

    Coordinates are whole (column, row) pixel corners; 0 is left out.
    """
    rings: list[NDArray[np.float64]] = []
    rings_each: list[int] = []
    values: list[int] = []
    for region, value in shapes(classes, mask=classes != 0, connectivity=4):
        rings.extend(np.array(ring) for ring in region["coordinates"])
        rings_each.append(len(region["coordinates"]))
        values.append(int(value))
    if not values:
        return np.empty(0, object), np.empty(0, np.uint8)
    offsets = _offsets([len(ring) for ring in rings]), _offsets(rings_each)
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, np.concatenate(rings), offsets
    )
    return polygons, np.array(values, np.uint8)


def to_ground(polygons: Polygons, transform: Affine) -> Polygons:
    """Polygons in pixel coordinates brought to the CRS by the full affine, shells anticlockwise."""
    matrix = np.array([[transform.a, transform.b], [transform.d, transform.e]])
    offset = np.array([transform.c, transform.f])
    ground = shapely.transform(polygons, lambda points: points @ matrix.T + offset)
    return np.asarray(shapely.orient_polygons(ground))


def _offsets(lengths: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
