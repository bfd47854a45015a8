# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that touch, told apart: each interior grows until it meets the others.

Seeded region growing (Adams and Bischof 1994, 10.1109/34.295913), with the interiors that the
network found as seeds, and all pixels of a class alike. Regions are joined again where the network
saw no rim between them, by the mean along their border as in the merging of contours (Arbeláez et
al. 2011, 10.1109/TPAMI.2010.161).
"""

from dataclasses import dataclass

import networkx as nx
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from weft.polygons.prediction import FULL
from weft.polygons.trace import trace

SEED = 0.7  # probability of interiors; at one half more neighbours are still one piece
RIM_BELOW = 0.25  # a border is a rim where the mean probability of interiors is less
ROWS = 512
FIRST = 256  # numbers below it are classes

Regions = NDArray[np.int32]
Classes = NDArray[np.uint8]


@dataclass(frozen=True)
class Objects:
    """`regions` (h, w), 0 where there is none, and the class of each of their numbers.

    An object is a 4-connected region of one number.
    """

    regions: NDArray[np.uint8 | np.int32]
    classes: Classes


def fused(classes: Classes) -> Objects:
    """All that touches and is of one class is one object; `classes` (h, w)."""
    return Objects(classes, np.arange(FIRST, dtype=np.uint8))


def separate(classes: Classes, interior: NDArray[np.uint8], least: NDArray[np.float64]) -> Objects:
    """One object for each interior with a rim; what has none stays whole. Pixels keep their class.

    `classes` (h, w), `interior` (h, w) in 0..FULL. What comes out smaller than `least` (256,)
    pixels of its class is no object of its own, and goes to its neighbours.
    """
    seeds, owners = trace(np.where(interior >= SEED * FULL, classes, 0).astype(np.uint8))
    if not len(seeds):
        return fused(classes)
    of = np.concatenate([np.arange(FIRST), owners]).astype(np.uint8)
    # a frame of class 0, so that growing never leaves the array
    framed = np.pad(classes, 1)
    regions = np.zeros(framed.shape, np.int32)
    numbered = zip(seeds, range(FIRST, len(of)), strict=True)
    rasterize(numbered, out=regions, transform=Affine.translation(-1, -1))
    grow(regions, framed)
    join(regions[1:-1, 1:-1], interior, of)
    small = sizes(regions, len(of)) < least[of]
    small[:FIRST] = False
    if small.any():
        regions[small[regions]] = 0
        grow(regions, framed)
    np.copyto(regions, framed, where=regions == 0)
    return Objects(regions[1:-1, 1:-1], of)


def grow(regions: Regions, classes: Classes) -> None:
    """Let regions take the pixels of their class that are nobody's, a pixel at a time in turns.

    Pixels along the edges of both arrays are 0.
    """
    label, kind = regions.reshape(-1), classes.reshape(-1)
    width = classes.shape[1]
    free = (regions == 0) & (classes > 0)
    beside_free = np.zeros_like(free)
    beside_free[1:-1] = free[:-2] | free[2:]
    beside_free[:, 1:-1] |= free[:, :-2] | free[:, 2:]
    front = np.flatnonzero(beside_free & (regions > 0))
    while len(front):
        taken = []
        for step in (1, -1, width, -width):
            beside = front + step
            own = (label[beside] == 0) & (kind[beside] == kind[front])
            label[beside[own]] = label[front[own]]
            taken.append(beside[own])
        front = np.concatenate(taken)


def join(regions: Regions, interior: NDArray[np.uint8], of: Classes) -> None:
    """Make one of regions (h, w) of one class that no rim parts; `of` are the regions' classes."""
    pairs, levels = borders(regions, interior)
    kinds = of[pairs]
    whole = (levels >= RIM_BELOW * FULL) & (kinds[:, 0] == kinds[:, 1])
    target = np.arange(len(of), dtype=np.int32)
    for group in nx.connected_components(nx.Graph(pairs[whole].tolist())):
        target[list(group)] = min(group)
    for start in range(0, len(regions), ROWS):
        rows = slice(start, start + ROWS)
        regions[rows] = target[regions[rows]]


def borders(
    regions: Regions, interior: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Pairs (n, 2) of regions side by side, and the mean of `interior` along their borders (n,).

    A border is made of the pixels on both of its sides; values of `regions` below FIRST have none.
    """
    pairs, levels = [], []
    for start in range(0, len(regions), ROWS):
        stop = start + ROWS + 1
        number, level = regions[start:stop], interior[start:stop].astype(np.float32)
        for one, other in (np.s_[:ROWS, :-1], np.s_[:ROWS, 1:]), (np.s_[:-1], np.s_[1:]):
            met = (number[one] != number[other]) & (number[one] >= FIRST) & (number[other] >= FIRST)
            pairs.append(np.stack([number[one][met], number[other][met]], axis=1))
            levels.append((level[one][met] + level[other][met]) / 2)
    every = np.sort(np.concatenate(pairs))
    sides, border = np.unique(every, axis=0, return_inverse=True)
    border = border.reshape(-1)
    return sides, np.bincount(border, np.concatenate(levels)) / np.bincount(border)


def sizes(regions: Regions, count: int) -> NDArray[np.int64]:
    """Pixels (count,) of each number."""
    total = np.zeros(count, np.int64)
    # numpy counts in a copy of twice the size
    for start in range(0, len(regions), ROWS):
        rows = slice(start, start + ROWS)
        total += np.bincount(regions[rows].ravel(), minlength=count)
    return total
