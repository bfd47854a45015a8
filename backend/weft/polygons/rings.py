# SPDX-License-Identifier: GPL-3.0-or-later
"""Rings around the regions of a raster, all at once.

A corner of pixels is a vertex of a region where the border of the region turns. Along each grid
line, and for what lies on one side of it, vertices come in pairs that are the ends of one edge;
each vertex ends one edge along its row and one along its column, which makes the rings.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

Numbers = NDArray[np.int32 | np.uint8]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

NW, NE, SW, SE = range(4)  # pixels around a corner; ^ BESIDE is the one in the same row, and so on
BESIDE, BELOW, OPPOSITE = 1, 2, 3
NOTCH = 4  # NOTCH + NW is the vertex of a region that has all pixels around the corner but NW


@dataclass(frozen=True)
class Rings:
    """Rings, one after the other, along each of which its region lies to the right on the screen.

    `points` (n, 2) are their vertices, as columns and rows of pixel corners, and `ring` (n,) says
    whose. `values` (rings,) are those of the regions, and `areas` (rings,) are in pixels, negative
    for the rings around holes. Each ring begins with the leftmost of its uppermost vertices. They
    touch themselves nowhere, and each other at single points at most.
    """

    points: NDArray[np.int64]
    ring: Indices
    values: NDArray[np.int64]
    areas: NDArray[np.float64]


def find_rings(numbers: Numbers) -> Rings:
    """The rings around the 4-connected regions of one value in `numbers` (h, w), but for 0."""
    rows, columns = np.divmod(np.flatnonzero(turning(numbers)), numbers.shape[1] + 1)
    around = pixels_around(numbers, rows, columns)
    present = vertices(around)
    identity = np.full(present.shape, -1)
    identity[present] = np.arange(np.count_nonzero(present))
    corner, shape = np.nonzero(present)
    follower = followers(identity, np.argsort(columns, kind="stable"))
    label = cycles(follower)
    one, other = diagonals(around, identity)
    # a region that meets itself at a corner goes on there, so that its ring does not touch itself
    same = label[one] == label[other]
    if same.any():
        one, other = one[same], other[same]
        follower[one], follower[other] = follower[other], follower[one]
        label = cycles(follower)
    order, ring, starts = in_order(follower, label)
    x, y = columns[corner], rows[corner]
    twice = np.bincount(label, x * y[follower] - x[follower] * y)
    owner = np.where(shape < NOTCH, shape, (shape - NOTCH) ^ BESIDE)[starts]
    return Rings(
        np.stack([x[order], y[order]], axis=1),
        ring,
        np.stack(around)[owner, corner[starts]].astype(np.int64),
        twice[label[starts]] / 2,
    )


def turning(numbers: Numbers) -> Flags:
    """Pixel corners (h + 1, w + 1) at which the border of a region is not just straight."""
    height, width = numbers.shape
    across = np.zeros((height + 1, width + 2), bool)  # borders along rows, none beside the raster
    along = np.zeros((height + 2, width + 1), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=across[1:-1, 1:-1])
    np.not_equal(numbers[:, 1:], numbers[:, :-1], out=along[1:-1, 1:-1])
    across[0, 1:-1], across[-1, 1:-1] = numbers[0] != 0, numbers[-1] != 0
    along[1:-1, 0], along[1:-1, -1] = numbers[:, 0] != 0, numbers[:, -1] != 0
    turns = across[:, 1:] ^ across[:, :-1]
    turns |= along[1:] ^ along[:-1]
    turns |= across[:, 1:] & along[1:]
    return turns


def pixels_around(numbers: Numbers, rows: Indices, columns: Indices) -> list[Numbers]:
    """The values (n,) of the pixels NW, NE, SW and SE of corners, 0 outside of the raster."""
    height, width = numbers.shape
    above, below, left, right = rows > 0, rows < height, columns > 0, columns < width
    line, place = numbers.ravel(), rows * width + columns
    return [
        np.where(inside, line[np.where(inside, place + step, 0)], 0)
        for inside, step in (
            (above & left, -width - 1),
            (above & right, -width),
            (below & left, -1),
            (below & right, 0),
        )
    ]


def vertices(around: list[Numbers]) -> Flags:
    """Which vertices (corners, 8) there are: of the region of one pixel, or of all but one."""
    found = []
    for pixel in (NW, NE, SW, SE):
        own, beside, below = around[pixel], around[pixel ^ BESIDE], around[pixel ^ BELOW]
        found.append((own > 0) & (own != beside) & (own != below))
    for pixel in (NW, NE, SW, SE):
        own, beside, below = around[pixel], around[pixel ^ BESIDE], around[pixel ^ BELOW]
        rest = (beside > 0) & (beside == below) & (beside == around[pixel ^ OPPOSITE])
        found.append(rest & (own != beside))
    return np.stack(found, axis=1)


def followers(identity: Indices, by_column: Indices) -> Indices:
    """The next vertex (n,) of each on its ring.

    `identity` (corners, 8) numbers the vertices, -1 where there is none; corners are sorted by row
    and then column, and `by_column` by column and then row.
    """
    follower = np.empty(identity.max(initial=-1) + 1, np.int64)
    down = identity[by_column]
    for sorted_by_line, end, start, forward in (
        (identity, (SW, NOTCH + NW), (SE, NOTCH + NE), True),  # the region below a row
        (identity, (NW, NOTCH + SW), (NE, NOTCH + SE), False),  # above
        (down, (NW, NOTCH + NE), (SW, NOTCH + SE), True),  # to the left of a column
        (down, (NE, NOTCH + NW), (SE, NOTCH + SW), False),  # to the right
    ):
        # where one edge ends and the next begins at one corner, they come in that turn
        places = [sorted_by_line[:, pair].max(axis=1) for pair in (end, start)]
        ends = np.stack(places, axis=1).ravel()
        first, last = ends[ends >= 0].reshape(-1, 2).T
        if forward:
            follower[first] = last
        else:
            follower[last] = first
    return follower


def diagonals(around: list[Numbers], identity: Indices) -> tuple[Indices, Indices]:
    """The vertices of two pixels of one value that share no more than a corner."""
    pairs = []
    for one in (NW, NE):
        other = one ^ OPPOSITE
        met = (identity[:, one] >= 0) & (identity[:, other] >= 0) & (around[one] == around[other])
        pairs.append(identity[met][:, [one, other]])
    first, second = np.concatenate(pairs).T
    return first, second


def cycles(follower: Indices) -> NDArray[np.int32]:
    """The ring (n,) of each vertex."""
    label: NDArray[np.int32] = connected_components(graph(follower), connection="strong")[1]
    return label


def in_order(follower: Indices, label: NDArray[np.int32]) -> tuple[Indices, Indices, Indices]:
    """All vertices ring by ring, the ring of each, and the first vertex of each ring."""
    _, starts, counts = np.unique(label, return_index=True, return_counts=True)
    turn = np.argsort(starts)
    starts, counts = starts[turn], counts[turn]
    if not len(starts):
        return starts, starts, starts
    # the last vertex of each ring leads to the first of the next, so that one walk finds them all
    leader = np.empty_like(follower)
    leader[follower] = np.arange(len(follower))
    path = follower.copy()
    path[leader[starts]] = np.roll(starts, -1)
    order = breadth_first_order(graph(path), starts[0], return_predecessors=False)
    return order, np.repeat(np.arange(len(starts)), counts), starts


def graph(follower: Indices) -> csr_array:
    """Each vertex with an edge to its follower."""
    count = len(follower)
    return csr_array((np.ones(count), follower, np.arange(count + 1)), shape=(count, count))
