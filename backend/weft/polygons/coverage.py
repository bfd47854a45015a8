# SPDX-License-Identifier: GPL-3.0-or-later
"""Simplification that keeps borders between neighbours shared, without gaps or overlaps."""

import numpy as np
import shapely
from numpy.typing import NDArray

from weft.polygons.stairs import LARGEST, without_stairs
from weft.polygons.trace import Polygons

Index = NDArray[np.int64]


def simplify(polygons: Polygons, tolerance: float) -> Polygons:
    """Simplify traced polygons by `tolerance` pixels (0: leave as they are).

    A vertex goes where the triangle that it makes with its neighbours is no larger than the square
    of the tolerance (Visvalingam-Whyatt).
    """
    if tolerance <= 0 or not len(polygons):
        return polygons
    largest = tolerance * tolerance  # which may be infinite, where a power raises
    even = without_stairs(add_junctions(polygons), largest)
    if largest <= LARGEST:
        return even
    return np.asarray(shapely.coverage_simplify(even, tolerance))


def add_junctions(polygons: Polygons) -> Polygons:
    """Give both neighbours of a border the same vertices, as a valid coverage must have.

    Where the corners of two regions meet on the straight side of a third, that side has no vertex
    yet. `polygons` are rectilinear with whole coordinates.
    """
    _, points, (rings, shells) = shapely.to_ragged_array(polygons)
    corners = np.rint(points).astype(np.int64)
    span = int(corners.max()) + 1
    across, added_across = _between(corners, rings, span, axis=0)
    down, added_down = _between(corners, rings, span, axis=1)
    added = added_across + added_down
    if not added.any():
        return polygons
    # each old vertex moves up by what was inserted before it; every edge is across or down
    place = np.arange(len(corners)) + np.concatenate([[0], np.cumsum(added)[:-1]])
    result = np.empty((len(corners) + int(added.sum()), 2))
    result[place] = corners
    for inserted, counts in ((across, added_across), (down, added_down)):
        result[np.repeat(place, counts) + 1 + _count_up(counts)] = inserted
    ends = np.append(place, len(result))
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, result, (ends[rings], shells))
    )


def _between(corners: Index, rings: Index, span: int, axis: int) -> tuple[Index, Index]:
    """Corners of other polygons inside the edges along `axis`, and how many follow each vertex."""
    along, fixed = corners[:, axis], corners[:, 1 - axis]
    taken = np.sort(fixed * span + along)
    taken = taken[np.diff(taken, prepend=-1) > 0]
    target = np.roll(along, -1)
    # inside an edge of one pixel there is no place for a corner
    is_edge = (fixed == np.roll(fixed, -1)) & (np.abs(target - along) > 1)
    is_edge[rings[1:] - 1] = False
    edges = np.flatnonzero(is_edge)
    here, there, line = along[edges], target[edges], fixed[edges] * span
    low = np.searchsorted(taken, line + np.minimum(here, there), side="right")
    high = np.searchsorted(taken, line + np.maximum(here, there), side="left")
    inside = high - low
    step, forward = _count_up(inside), np.repeat(there > here, inside)
    low, high = np.repeat(low, inside), np.repeat(high, inside)
    found = taken[np.where(forward, low + step, high - 1 - step)]
    inserted = np.empty((len(found), 2), np.int64)
    inserted[:, axis], inserted[:, 1 - axis] = found % span, found // span
    counts = np.zeros(len(corners), np.int64)
    counts[edges] = inside
    return inserted, counts


def _count_up(counts: Index) -> Index:
    """0, 1, ... n-1 for each n of `counts`, one after the other."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(int(counts.sum())) - starts
