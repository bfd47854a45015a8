# SPDX-License-Identifier: GPL-3.0-or-later
"""The stairs that pixels make of slanted lines, straightened.

Line generalisation by the area of triangles (Visvalingam and Whyatt 1993,
10.1179/000870493786962263), for triangles of at most one pixel. On whole coordinates those hold no
corner of anything else, by Pick's theorem, so that no line can come to cross another, also not one
that is not there. Only the middle of a new line may be a corner, which is looked up; of one that is
not there it could be touched. Vertices go many at a time.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from weft.polygons.trace import Polygons

LARGEST = 1.0  # pixels; larger triangles may have others inside
FEWEST = 4  # vertices that a ring keeps
KEPT = np.iinfo(np.int64).max
SCATTER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two points get the same number

Index = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Corners:
    """Vertices of rings, one after the other, without the repeated first ones.

    `x`, `y` (n,) are whole, `ring` (n,) rises, and vertices at one place have the same `point`.
    """

    x: Index
    y: Index
    ring: Index
    point: Index

    def chosen(self, where: Flags | Index) -> "Corners":
        """Some of them."""
        return Corners(self.x[where], self.y[where], self.ring[where], self.point[where])


def without_stairs(polygons: Polygons, area: float) -> Polygons:
    """Polygons without the vertices whose triangle is no larger than `area` and LARGEST, in pixels.

    Both sides of a border, which have the same vertices, lose the same ones. A ring keeps FEWEST.
    """
    if not len(polygons):
        return polygons
    _, points, (ends, shells) = shapely.to_ragged_array(polygons)
    closing = np.zeros(len(points), np.bool_)
    closing[ends[1:] - 1] = True
    points = points[~closing]
    ring = np.repeat(np.arange(len(ends) - 1), np.diff(ends) - 1)
    corners, places = numbered(np.rint(points).astype(np.int64), ring)
    left = what_stays(corners, places, int(2 * min(area, LARGEST)))
    sizes = np.bincount(ring[left], minlength=len(ends) - 1)
    starts = np.cumsum(sizes) - sizes
    closed = np.insert(points[left], starts + sizes, points[left][starts], axis=0)
    offsets = np.concatenate([[0], np.cumsum(sizes + 1)])
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, closed, (offsets, shells))
    )


def numbered(whole: Index, ring: Index) -> tuple[Corners, pd.Index]:
    """Corners at the places `whole` (n, 2), and the index of these places."""
    x, y = np.ascontiguousarray(whole.T)
    point, places = pd.factorize(place(x, y))
    return Corners(x, y, ring, point), pd.Index(places)


def place(x: Index, y: Index) -> Index:
    """One number for a pair of coordinates from -2^31 to 2^31 - 1."""
    return (y << 32) + x


def what_stays(corners: Corners, places: pd.Index, largest: int) -> Index:
    """The corners that stay, in order, when triangles of up to `largest` halves of a pixel go."""
    stays = np.ones(len(corners.x), np.bool_)
    fixed = junctions(corners, len(places))
    here = np.arange(len(corners.x))
    while len(here):
        now = corners.chosen(here)
        gone = lowest(now, fixed, places, largest)
        sizes = np.bincount(now.ring)
        few = sizes - np.bincount(now.ring[gone], minlength=len(sizes)) < FEWEST
        changed = np.zeros(len(sizes), np.bool_)
        changed[now.ring[gone]] = True
        # for good, and so for the other side of a border too
        fixed[now.point[gone & few[now.ring]]] = True
        gone &= ~fixed[now.point]
        stays[here[gone]] = False
        here = here[~gone & changed[now.ring]]
    return np.flatnonzero(stays)


def junctions(corners: Corners, points: int) -> Flags:
    """Which of the `points` are such that lines part there: they have not the same neighbours in
    all rings.
    """
    before, after = beside(corners.ring)
    pair = corners.point[before], corners.point[after]
    low, high = np.minimum(*pair), np.maximum(*pair)
    result = np.zeros(points, np.bool_)
    for side in (low, high):
        one = np.empty(points, np.int64)
        one[corners.point] = side
        result[corners.point[one[corners.point] != side]] = True
    return result


def beside(ring: Index) -> tuple[Index, Index]:
    """The places of the vertices before and after each one of its ring."""
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    stops = np.append(starts[1:], len(ring))
    before, after = np.arange(len(ring)) - 1, np.arange(len(ring)) + 1
    before[starts], after[stops - 1] = stops - 1, starts
    return before, after


def lowest(corners: Corners, fixed: Flags, places: pd.Index, largest: int) -> Flags:
    """Vertices whose triangles are of up to `largest` halves of a pixel, and smaller than those of
    the vertices beside them.

    Which ones does not depend on where a ring begins or in which direction it runs.
    """
    before, after = beside(corners.ring)
    x, y = corners.x, corners.y
    across, down = x[after] - x[before], y[after] - y[before]
    doubled: Index = np.abs(across * (y - y[before]) - down * (x - x[before]))
    doubled[fixed[corners.point]] = KEPT
    # A triangle of one pixel has one place on its sides: no corner may be where the new line runs.
    halved = np.flatnonzero((doubled == 2) & (across % 2 == 0) & (down % 2 == 0))
    middles = place(*((axis[before] + axis[after])[halved] // 2 for axis in (x, y)))
    doubled[halved[places.get_indexer(middles) >= 0]] = KEPT
    small = doubled <= largest
    # Of equal ones first those on one side of their stair, for lines and not new stairs, and on
    # either side as it happens, so that objects neither grow nor move.
    forth = np.where((across < 0) | ((across == 0) & (down < 0)), -1, 1)
    side = forth * (across * y - down * x) // np.maximum(doubled, 1) % 2
    rank = np.where(small, 2 * doubled + side, KEPT)
    scattered = place(x, y).astype(np.uint64) * SCATTER
    for other in (before, after):
        tied = rank == rank[other]
        small &= (rank < rank[other]) | (tied & (scattered < scattered[other]))
    return small
