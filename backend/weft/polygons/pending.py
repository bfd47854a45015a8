# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces that wait until all that touches them has been seen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weft.polygons.joining import joined
from weft.polygons.pieces import Pieces
from weft.polygons.regions import Numbers


def settle(pieces: Pieces, last_row: Numbers) -> tuple[Pieces, Pieces]:
    """Pieces that are done, with all that they touch, and those that may still go on.

    `last_row` (width,) are the numbers of the last row that has been seen.
    """
    group = joined(pieces.table.index, pieces.meetings)
    reaching = np.unique(last_row[last_row > 0])
    going_on = group.isin(group.loc[reaching])
    return chosen(pieces, group.index[~going_on]), chosen(pieces, group.index[going_on])


def chosen(pieces: Pieces, numbers: pd.Index) -> Pieces:
    """Some of the pieces, of which none touches one of the others."""
    return Pieces(
        pieces.table.loc[numbers],
        pieces.outlines[pieces.outlines.index.isin(numbers)],
        pieces.meetings[pieces.meetings["one"].isin(numbers)],
    )


def together(parts: Sequence[Pieces]) -> Pieces:
    """All pieces of all parts."""
    return Pieces(
        pd.concat([part.table for part in parts]),
        pd.concat([part.outlines for part in parts]),
        pd.concat([part.meetings for part in parts], ignore_index=True),
    )
