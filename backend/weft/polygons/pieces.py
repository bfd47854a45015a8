# SPDX-License-Identifier: GPL-3.0-or-later
"""What strips cut objects into, and where the pieces meet each other."""

from dataclasses import dataclass

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


def cut(strip: Strip, above: Numbers | None, first: int) -> tuple[Pieces, Numbers]:
    """The pieces of a strip, numbered from `first`, and their numbers in its last row.

    `above` (width,) are the numbers in the last row of the strip before, if there is one.
    """
    # the row before, too, so that it is known what goes on from there
    before = int(above is not None)
    rows = slice(strip.own.start - before, strip.own.stop)
    regions = find_regions(strip.classes, strip.interior, rows)
    local = regions.numbers[before:]
    pixels = totals(local, len(regions.kinds))
    here = np.flatnonzero(pixels[1:]) + 1
    renumbered = np.zeros(len(pixels), np.int32)
    renumbered[here] = np.arange(first, first + len(here))
    certainty = np.full(len(pixels), np.nan)
    if strip.certainty is not None:
        certainty = totals(local, len(pixels), strip.certainty)
    columns = {
        "kind": regions.kinds[here],
        "seeded": here <= regions.seeded,
        "pixels": pixels[here],
        "certainty": certainty[here],
    }
    polygons, region = trace(local, strip.top)
    numbers = np.empty((before + len(local), local.shape[1]), np.int32)
    if above is not None:
        numbers[0] = above
    numbers[before:] = renumbered[local]
    interior = None if strip.interior is None else strip.interior[rows]
    pieces = Pieces(
        pd.DataFrame(columns, index=renumbered[here]),
        pd.Series(polygons, index=renumbered[region], dtype=object),
        meet(numbers, regions.numbers, interior, before),
    )
    return pieces, numbers[-1].copy()


def meet(
    numbers: Numbers, regions: Numbers, interior: Levels | None, above: int = 0
) -> pd.DataFrame:
    """Where the pieces `numbers` (h, w) meet, as `Pieces` has it.

    `regions` (h, w) are what they are pieces of, and `interior` (h, w) is 0 where it is unknown.
    Inside the first rows, as many as are `above` the strip, meetings have been counted before.
    """
    found = []
    for side, beside, edges in ((np.s_[above:, :-1], np.s_[above:, 1:], 1), *DOWN):
        one, other = numbers[side], numbers[beside]
        # few differ, and only those are looked at further
        met = np.unravel_index(np.flatnonzero(one != other), one.shape)
        both = (one[met] > 0) & (other[met] > 0)
        met = met[0][both], met[1][both]
        level = np.zeros(len(met[0]))
        if interior is not None:
            level += (interior[side][met] / 2 + interior[beside][met] / 2) * edges
        found.append(
            pd.DataFrame(
                {
                    "one": np.minimum(one[met], other[met]),
                    "other": np.maximum(one[met], other[met]),
                    "edges": edges,
                    "level": level,
                    "linked": regions[side][met] == regions[beside][met],
                }
            )
        )
    every = pd.concat(found).groupby(["one", "other"], as_index=False)
    return every.agg({"edges": "sum", "level": "sum", "linked": "any"})
