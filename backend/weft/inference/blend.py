# SPDX-License-Identifier: GPL-3.0-or-later
"""Blending tiles: a block of pixels leaves as soon as no later tile can change it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weft.inference.tiles import Axis


@dataclass(frozen=True)
class Block:
    """Finished probabilities (bands, h, w) and validity (h, w), from an image's pixel on."""

    row: int
    column: int
    probabilities: NDArray[np.float32]
    valid: NDArray[np.bool_]


class TileBlender:
    """Adds weighted tiles in reading order, each of which finishes a block of the image.

    Holds what the next tile and the next row of tiles still change: 4·bands·overlap·width bytes.
    """

    def __init__(self, rows: Axis, columns: Axis, bands: int) -> None:
        self.rows, self.columns = rows, columns
        size, overlap = columns.spans[0].size, columns.overlap
        self._first = columns.spans[0].start
        width = columns.spans[-1].stop - self._first
        self._left = Overlap.empty(bands, size, overlap)
        self._above = Overlap.empty(bands, overlap, width)

    def add(
        self,
        row: int,
        column: int,
        probabilities: NDArray[np.float32] | None,
        valid: NDArray[np.bool_],
    ) -> Block:
        """What the tile (bands, size, size) at place (row, column) of the tile grid finishes.

        Without probabilities it has nothing to add to those beside it.
        """
        down, across = self.rows.spans[row], self.columns.spans[column]
        size, overlap = across.size, self.columns.overlap
        height = size if row == len(self.rows.spans) - 1 else size - overlap
        width = size if column == len(self.columns.spans) - 1 else size - overlap
        tile = Overlap(np.zeros((self._above.bands, size, size), np.float32), valid.copy())
        if probabilities is not None:
            weights = self.rows.weights(row)[:, None] * self.columns.weights(column)
            np.multiply(probabilities, weights, out=tile.total)
        start = across.start - self._first
        if column:
            tile.part(np.s_[:], np.s_[:overlap]).add(self._left)
        above = self._above.part(np.s_[:], slice(start, start + width))
        tile.part(np.s_[:overlap], np.s_[:width]).add(above)
        if column < len(self.columns.spans) - 1:
            self._left = tile.part(np.s_[:], np.s_[width:])
        if row < len(self.rows.spans) - 1:
            above.set(tile.part(np.s_[height:], np.s_[:width]))
        done = slice(max(0, -down.start), min(height, self.rows.length - down.start))
        beside = slice(max(0, -across.start), min(width, self.columns.length - across.start))
        block = tile.part(done, beside)
        corner = down.start + done.start, across.start + beside.start
        return Block(*corner, block.total, block.valid)


@dataclass(frozen=True)
class Overlap:
    """Sums of weighted probabilities (bands, h, w), and where any of them is valid (h, w)."""

    total: NDArray[np.float32]
    valid: NDArray[np.bool_]

    @classmethod
    def empty(cls, bands: int, height: int, width: int) -> "Overlap":
        """Nothing yet."""
        total = np.zeros((bands, height, width), np.float32)
        return cls(total, np.zeros((height, width), np.bool_))

    @property
    def bands(self) -> int:
        """How many there are."""
        return len(self.total)

    def part(self, rows: slice, columns: slice) -> "Overlap":
        """A view."""
        return Overlap(self.total[:, rows, columns], self.valid[rows, columns])

    def add(self, other: "Overlap") -> None:
        """Add another one of this size."""
        self.total[...] += other.total
        self.valid[...] |= other.valid

    def set(self, other: "Overlap") -> None:
        """Become like another one of this size."""
        self.total[...] = other.total
        self.valid[...] = other.valid
