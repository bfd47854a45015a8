# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines of the regions of a raster, in pixel coordinates and on the ground."""

from collections.abc import Sequence

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray

from weft.polygons.rings import find_rings

Polygons = NDArray[np.object_]


def trace(values: NDArray[np.uint8 | np.int32], top: int = 0) -> tuple[Polygons, NDArray[np.int64]]:
    """Polygons with holes of the 4-connected regions of one value, and the value of each.

    Coordinates are whole (column, row) pixel corners, with the first row at `top`; 0 is left out.
    """
    found = find_rings(values)
    if not len(found.values):
        return np.empty(0, object), found.values
    rings = shapely.linearrings(found.points + np.array([0, top]), indices=found.ring)
    shell = np.flatnonzero(found.areas > 0)
    owner = np.empty(len(rings), np.int64)
    owner[shell] = np.arange(len(shell))
    hole = np.flatnonzero(found.areas < 0)
    inside = shapely.points(found.points[np.searchsorted(found.ring, hole)] + [0.5, top + 0.5])
    owner[hole] = shells_around(inside, found.values[hole], rings[shell], found.values[shell])
    order = np.lexsort((found.areas < 0, owner))
    polygons = shapely.polygons(rings[order], indices=owner[order])
    return np.asarray(polygons), found.values[shell]


def shells_around(
    points: Polygons, values: NDArray[np.int64], shells: Polygons, of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The index of the smallest shell around each point of a hole, of those `of` its value."""
    order = np.argsort(of, kind="stable")
    first, last = (np.searchsorted(of[order], values, side) for side in ("left", "right"))
    around = order[first]
    unsure = np.flatnonzero(last - first > 1)
    if len(unsure):
        several = np.flatnonzero(np.isin(of, values[unsure]))
        areas = shapely.polygons(shells[several])
        # what the tree is asked for gets an index of its edges, and a shell may have many
        place, point = shapely.STRtree(points[unsure]).query(areas, predicate="intersects")
        own = of[several[place]] == values[unsure[point]]
        point, place = point[own], place[own]
        largest_first = np.argsort(-shapely.area(areas)[place], kind="stable")
        around[unsure[point[largest_first]]] = several[place[largest_first]]
    return np.asarray(around)


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
    ground = shapely.transform(
        polygons, lambda points: np.stack(transform @ tuple(points.T), axis=1)
    )
    return np.asarray(shapely.orient_polygons(ground))


def _offsets(lengths: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
