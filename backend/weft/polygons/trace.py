# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines of the regions of a raster, in pixel coordinates and on the ground."""

from collections.abc import Sequence

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes

Polygons = NDArray[np.object_]


def trace(values: NDArray[np.uint8 | np.int32], top: int = 0) -> tuple[Polygons, NDArray[np.int64]]:
    """Polygons with holes of the 4-connected regions of one value, and the value of each.

    Coordinates are whole (column, row) pixel corners, with the first row at `top`; 0 is left out.
    """
    rings: list[NDArray[np.float64]] = []
    rings_each: list[int] = []
    found: list[int] = []
    place = Affine.translation(0, top)
    for region, value in shapes(values, mask=values != 0, connectivity=4, transform=place):
        rings.extend(np.array(ring) for ring in region["coordinates"])
        rings_each.append(len(region["coordinates"]))
        found.append(int(value))
    if not found:
        return np.empty(0, object), np.empty(0, np.int64)
    offsets = _offsets([len(ring) for ring in rings]), _offsets(rings_each)
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, np.concatenate(rings), offsets
    )
    return polygons, np.array(found, np.int64)


def straight(polygons: Polygons) -> Polygons:
    """Rectilinear polygons without the vertices at which they do not turn."""
    if not len(polygons):
        return polygons
    _, points, (rings, shells) = shapely.to_ragged_array(polygons)
    lengths = np.diff(rings) - 1  # a ring repeats its first point at its end
    ring = np.repeat(np.arange(len(lengths)), lengths)
    starts = _offsets(lengths)[:-1]
    place = np.arange(len(ring)) - starts[ring]
    here, before, after = (
        points[rings[ring] + (place + step) % lengths[ring]] for step in (0, -1, 1)
    )
    turns = ~((before == here) & (here == after)).any(axis=1)
    kept = np.add.reduceat(turns, starts, dtype=np.int64)
    ends = _offsets(kept + 1)
    result = np.empty((ends[-1], 2))
    result[np.arange(len(here[turns])) + ring[turns]] = here[turns]
    result[ends[1:] - 1] = result[ends[:-1]]
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, result, (ends, shells))
    )


def to_ground(polygons: Polygons, transform: Affine) -> Polygons:
    """Polygons in pixel coordinates brought to the CRS by the full affine, shells anticlockwise."""
    matrix = np.array([[transform.a, transform.b], [transform.d, transform.e]])
    offset = np.array([transform.c, transform.f])
    ground = shapely.transform(polygons, lambda points: points @ matrix.T + offset)
    return np.asarray(shapely.orient_polygons(ground))


def _offsets(lengths: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
