# SPDX-License-Identifier: GPL-3.0-or-later
"""The pixels of each object in a few rows: interiors grow until they meet.

Seeded region growing (Adams and Bischof 1994, 10.1109/34.295913), with the interiors that the
network found as seeds, and all pixels of a class alike.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from weft.polygons.prediction import FULL
from weft.polygons.strips import REACH, Classes, Levels

SEED = 0.7  # probability of interiors; at one half more neighbours are still one piece

Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Regions:
    """`numbers` (rows, w), 0 where there is nothing, and the class of each number (n,).

    Numbers from 1 to `seeded` are regions grown from interiors; those above are what no interior
    reached, where touching pixels of one class are one region.
    """

    numbers: Numbers
    kinds: Classes
    seeded: int


def find_regions(classes: Classes, interior: Levels | None, rows: slice) -> Regions:
    """The regions in some `rows` of `classes` (h, w); without `interior` (h, w), none is seeded.

    What lies farther than REACH from a pixel has no influence on which pixels are its region's.
    Nearer to the first and the last row of all, it cannot be told what interiors reach, so that
    nothing outside of `rows` connects what none has reached.
    """
    if interior is None or not classes.any():
        return Regions(*connected(classes[rows]), 0)
    numbers, kinds = grown(classes, interior >= math.ceil(SEED * FULL))
    # in one piece, so that it need not be copied to be read as a line
    numbers = np.ascontiguousarray(numbers[rows])
    rest, left = connected(np.where(numbers == 0, classes[rows], np.uint8(0)))
    np.add(rest, np.int32(len(kinds) - 1), out=numbers, where=rest > 0)
    return Regions(numbers, np.concatenate([kinds, left[1:]]), len(kinds) - 1)


def grown(classes: Classes, seeded: NDArray[np.bool_]) -> tuple[Numbers, Classes]:
    """Numbers (h, w) of regions grown from where `seeded` (h, w), and the class of each; 0 is 0."""
    # a frame of class 0, so that growing never leaves the array
    framed, seeds = np.pad(classes, 1), np.zeros(np.add(classes.shape, 2), np.uint8)
    np.copyto(seeds[1:-1, 1:-1], classes, where=seeded)
    numbers, kinds = connected(seeds)
    if len(kinds) > 1:
        grow(numbers, framed)
    return numbers[1:-1, 1:-1], kinds


def connected(classes: Classes) -> tuple[Numbers, Classes]:
    """Numbers (h, w) of the 4-connected regions of one class, and the class of each; 0 stays 0.

    Runs of pixels along rows are joined where they touch (He, Chao and Suzuki 2008,
    10.1109/TIP.2008.919369), those of all classes at once.
    """
    if not classes.any():
        return np.zeros(classes.shape, np.int32), np.zeros(1, np.uint8)
    begins = np.ones(classes.shape, bool)
    np.not_equal(classes[:, 1:], classes[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    kinds = classes.ravel()[starts]
    above = shared(classes, begins)
    pairs = [np.searchsorted(starts, at, "right") - 1 for at in (above, above + classes.shape[1])]
    graph = coo_array((np.ones(len(above), bool), pairs), shape=(len(starts), len(starts)))
    count, label = connected_components(graph, directed=False)
    kind = np.zeros(count, np.uint8)
    kind[label] = kinds
    number = np.cumsum(kind > 0, dtype=np.int32) * (kind > 0)
    numbers = np.repeat(number[label], np.diff(starts, append=classes.size))
    return numbers.reshape(classes.shape), np.append(np.uint8(0), kind[kind > 0])


def shared(classes: Classes, begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where runs of one class touch one of the row below, each pair once; places in one line.

    `begins` (h, w) are the first pixels of runs.
    """
    same = classes[:-1] == classes[1:]
    same &= classes[1:] > 0
    # the leftmost pixel that two runs share
    first = same.copy()
    first[:, 1:] &= begins[:-1, 1:] | ~same[:, :-1]
    return np.flatnonzero(first)


def totals(
    numbers: Numbers, size: int, values: Levels | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many pixels (size,) have each of the `numbers` (h, w), and the sum of their `values`.

    The sums are NaN without values.
    """
    line = numbers.ravel()
    inside = line > 0
    line = line[inside]
    # few pixels differ from the one before
    ends = np.flatnonzero(np.append(line[1:] != line[:-1], len(line) > 0))
    own = line[ends]
    pixels = np.bincount(own, np.diff(ends, prepend=-1), size)
    sums = np.full(size, np.nan)
    if values is not None:
        # differences of sums are right even where the sums have run over
        run_over = np.cumsum(values.ravel()[inside], dtype=np.uint32)[ends]
        sums = np.bincount(own, np.diff(run_over, prepend=np.uint32(0)), size)
    return pixels.astype(np.float64), sums.astype(np.float64)


def grow(regions: Numbers, classes: Classes) -> None:
    """Let regions take the pixels of their class that are nobody's, a pixel at a time in turns.

    Pixels along the edges of both arrays are 0. A region takes no more than REACH turns.
    """
    label, kind = regions.reshape(-1), classes.reshape(-1)
    width = classes.shape[1]
    free = (regions == 0) & (classes > 0)
    beside_free = np.zeros_like(free)
    beside_free[1:-1] = free[:-2] | free[2:]
    beside_free[:, 1:-1] |= free[:, :-2] | free[:, 2:]
    front = np.flatnonzero(beside_free & (regions > 0))
    for _ in range(REACH):
        taken = []
        for step in (1, -1, width, -width):
            beside = front + step
            own = (label[beside] == 0) & (kind[beside] == kind[front])
            label[beside[own]] = label[front[own]]
            taken.append(beside[own])
        front = np.concatenate(taken)
        if not len(front):
            return
