# SPDX-License-Identifier: GPL-3.0-or-later
"""Blending tiles into strips: a strip leaves as soon as no later tile can change it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weft.inference.tiles import Axis

STRIP_ROWS = 64  # what is made of a strip takes several times its memory


@dataclass(frozen=True)
class Strip:
    """Finished rows: probabilities (bands, h, W) and validity (h, W), from image row `row` on.

    Both are views of the blender's memory, and good until the next strip is asked for.
    """

    row: int
    probabilities: NDArray[np.float32]
    valid: NDArray[np.bool_]


class StripBlender:
    """Adds weighted tiles, row of tiles by row of tiles, and gives up finished rows.

    Holds one row of tiles: 4·bands·tile·width bytes.
    """

    def __init__(self, rows: Axis, columns: Axis, bands: int) -> None:
        self.rows, self.columns = rows, columns
        size, width = rows.spans[0].size, columns.length
        self._sum = np.zeros((bands, size, width), np.float32)
        self._valid = np.zeros((size, width), np.bool_)

    def add(
        self, row: int, column: int, probabilities: NDArray[np.float32], valid: NDArray[np.bool_]
    ) -> None:
        """Blend the tile (bands, size, size) at place (row, column) of the tile grid."""
        span = self.columns.spans[column]
        inside = slice(max(0, span.start), min(self.columns.length, span.stop))
        part = slice(inside.start - span.start, inside.stop - span.start)
        across = self.columns.weights(column)[part]
        down = self.rows.weights(row)[:, None]
        self._sum[:, :, inside] += probabilities[:, :, part] * (down * across)
        self._valid[:, inside] |= valid[:, part]

    def finish(self, row: int) -> Iterator[Strip]:
        """The rows that are complete after tile row `row`; the rest moves up for the next one."""
        span = self.rows.spans[row]
        last = row == len(self.rows.spans) - 1
        end = self.rows.length if last else self.rows.spans[row + 1].start
        first, stop = max(0, span.start), min(end, self.rows.length)
        for start in range(first, stop, STRIP_ROWS):
            part = slice(start - span.start, min(start + STRIP_ROWS, stop) - span.start)
            yield Strip(start, self._sum[:, part], self._valid[part])
        step = end - span.start
        if not last:
            kept = span.size - step
            self._sum[:, :kept] = self._sum[:, step:].copy()
            self._valid[:kept] = self._valid[step:].copy()
            self._sum[:, kept:] = 0
            self._valid[kept:] = False
