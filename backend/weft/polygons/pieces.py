# SPDX-License-Identifier: GPL-3.0-or-later
"""What strips cut objects into, and where the pieces meet each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from weft.polygons.regions import Numbers, find_regions, totals
from weft.polygons.strips import Levels, Strip
from weft.polygons.trace import trace

DOWN = (  # where pixels meet those of the next row, and how many edges they share
    (np.s_[:-1], np.s_[1:], 1),
    (np.s_[:-1, :-1], np.s_[1:, 1:], 0),
    (np.s_[:-1, 1:], np.s_[1:, :-1], 0),
)
EVERY_WAY = ((np.s_[:, :-1], np.s_[:, 1:], 1), *DOWN)
MEETING = "one", "other", "edges", "level", "linked"


@dataclass(frozen=True)
class Pieces:
    """Pieces of objects: each is what lies in one strip of a region.

    `table`, by the number of the piece: its `kind` (class), whether its region is `seeded`, how
    many `pixels` it has, and the sum of their `certainty`, NaN where that is unknown.
    `outlines`: polygons in the pixel coordinates of the raster, by the number of their piece, which
    may have several.
    `meetings`, a row for each pair `one` and `other` of pieces that touch, also by a corner: how
    many `edges` of pixels they share, the sum over them of the `level` of interiors (the mean of
    both sides), and whether they are `linked`: of one region, which the edge of a strip parts.
    """

    table: pd.DataFrame
    outlines: pd.Series
    meetings: pd.DataFrame


def cut(strip: Strip, above: Numbers | None, taken: int) -> tuple[Pieces, Numbers]:
    """The pieces of a strip, with numbers above `taken`, and their numbers in its last row.

    `above` (width,) are the numbers in the last row of the strip before, if there is one.
    """
    # the row before, too, so that it is known what goes on from there
    before = int(above is not None)
    rows = slice(strip.own.start - before, strip.own.stop)
    regions = find_regions(strip.classes, strip.interior, rows)
    local = regions.numbers[before:]
    pixels, certainty = totals(local, len(regions.kinds), strip.certainty)
    here = np.flatnonzero(pixels[1:]) + 1
    if not len(here):
        # of rows in which there is nothing, one tells as much as all
        local = local[:1]
    columns = {
        "kind": regions.kinds[here],
        "seeded": here <= regions.seeded,
        "pixels": pixels[here],
        "certainty": certainty[here],
    }
    polygons, region = trace(local, strip.top)
    # the pieces of a strip are numbered as its regions are, so that no pixel is renumbered
    interior = None if strip.interior is None else strip.interior[rows]
    meetings = meet(local, local, None if interior is None else interior[before:])
    meetings[["one", "other"]] += taken
    if above is not None:
        seam = np.stack([above, numbered(local[0], taken)])
        across = meet(seam, regions.numbers[:2], None if interior is None else interior[:2], DOWN)
        meetings = pd.concat([meetings, across], ignore_index=True)
    pieces = Pieces(
        pd.DataFrame(columns, index=here + taken),
        pd.Series(polygons, index=region + taken, dtype=object),
        meetings,
    )
    return pieces, numbered(local[-1], taken)


def numbered(row: Numbers, taken: int) -> Numbers:
    """The numbers of pieces from those of a strip's regions; 0 stays 0."""
    return np.where(row > 0, row + np.int32(taken), 0).astype(np.int32)


def meet(
    numbers: Numbers,
    regions: Numbers,
    interior: Levels | None,
    ways: Sequence[tuple[Any, Any, int]] = EVERY_WAY,
) -> pd.DataFrame:
    """Where the pieces `numbers` (h, w) meet, as `Pieces` has it.

    `regions` (h, w) are what they are pieces of, and `interior` (h, w) is 0 where it is unknown.
    """
    found = []
    inside = numbers > 0
    for side, beside, edges in ways:
        one, other = numbers[side], numbers[beside]
        differs = one != other
        differs &= inside[side]
        differs &= inside[beside]
        # few do, and only those are looked at further
        met = np.unravel_index(np.flatnonzero(differs), one.shape)
        level = np.zeros(len(met[0]))
        if interior is not None:
            level += (interior[side][met] / 2 + interior[beside][met] / 2) * edges
        first, last = np.minimum(one[met], other[met]), np.maximum(one[met], other[met])
        linked = regions[side][met] == regions[beside][met]
        found.append((first, last, np.full(len(level), edges), level, linked))
    columns = map(np.concatenate, zip(*found, strict=True))
    every = pd.DataFrame(dict(zip(MEETING, columns, strict=True)))
    pairs = every.groupby(["one", "other"], as_index=False)
    return pairs.agg({"edges": "sum", "level": "sum", "linked": "any"})
