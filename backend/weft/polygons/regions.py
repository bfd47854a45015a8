# SPDX-License-Identifier: GPL-3.0-or-later
"""The pixels of each object in a few rows: interiors grow until they meet.

Seeded region growing (Adams and Bischof 1994, 10.1109/34.295913), with the interiors that the
network found as seeds, and all pixels of a class alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

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
    if interior is None:
        return Regions(*connected(classes[rows]), 0)
    seeds, grown = connected(np.where(interior >= SEED * FULL, classes, 0))
    # a frame of class 0, so that growing never leaves the array
    numbers, kinds = np.pad(seeds, 1), np.pad(classes, 1)
    if len(grown) > 1:
        grow(numbers, kinds)
    numbers = numbers[1:-1, 1:-1][rows]
    rest, left = connected(np.where(numbers == 0, classes[rows], 0))
    np.copyto(numbers, rest + np.int32(len(grown) - 1), where=rest > 0)
    return Regions(numbers, np.concatenate([grown, left[1:]]), len(grown) - 1)


def connected(classes: Classes) -> tuple[Numbers, Classes]:
    """Numbers (h, w) of the 4-connected regions of one class, and the class of each; 0 stays 0."""
    numbers = None
    kinds = [np.zeros(1, np.uint8)]
    total = 0
    for kind in range(1, int(classes.max(initial=0)) + 1):
        own = classes == kind
        if not own.any():
            continue
        found, count = ndimage.label(own, output=np.int32)
        if numbers is None:
            numbers = found
        else:
            np.add(found, np.int32(total), out=numbers, where=own)
        kinds.append(np.full(count, kind, np.uint8))
        total += count
    return np.zeros(classes.shape, np.int32) if numbers is None else numbers, np.concatenate(kinds)


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
