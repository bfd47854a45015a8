# SPDX-License-Identifier: GPL-3.0-or-later
"""Blending tiles: a block of pixels leaves as soon as no later tile can change it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weft.inference.tiles import Axis

ALL = slice(None)


@dataclass(frozen=True)
class Block:
    """Finished probabilities (bands, h, w) and validity (h, w), from pixel (row, column) on."""

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
        self._left = Sums.empty(bands, size, overlap)
        self._above = Sums.empty(bands, overlap, width)

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
        last = row == len(self.rows.spans) - 1, column == len(self.columns.spans) - 1
        size, overlap = across.size, self.columns.overlap
        height, width = (size if is_last else size - overlap for is_last in last)
        start = across.start - self._first
        above = self._above.part(ALL, slice(start, start + width))
        weights = self.rows.weights(row)[:, None] * self.columns.weights(column)
        tile = Sums.empty(len(self._above.total), size, size)
        if probabilities is not None:
            tile.set(Sums(probabilities * weights, valid))
        tile.part(slice(overlap), slice(width)).add(above)
        if column:
            tile.part(ALL, slice(overlap)).add(self._left)
        # what the next tile and the next row of tiles still change
        self._left = tile.part(ALL, slice(width, None))
        if not last[0]:
            above.set(tile.part(slice(height, None), slice(width)))
        top, left = max(0, -down.start), max(0, -across.start)
        bottom = min(height, self.rows.length - down.start)
        right = min(width, self.columns.length - across.start)
        done = tile.part(slice(top, bottom), slice(left, right))
        return Block(down.start + top, across.start + left, done.total, done.valid)


@dataclass(frozen=True)
class Sums:
    """Sums of weighted probabilities (bands, h, w), and where any of them is valid (h, w)."""

    total: NDArray[np.float32]
    valid: NDArray[np.bool_]

    @classmethod
    def empty(cls, bands: int, height: int, width: int) -> "Sums":
        """Nothing yet."""
        total = np.zeros((bands, height, width), np.float32)
        return cls(total, np.zeros((height, width), np.bool_))

    def part(self, rows: slice, columns: slice) -> "Sums":
        """A view."""
        return Sums(self.total[:, rows, columns], self.valid[rows, columns])

    def add(self, other: "Sums") -> None:
        """Add another one of this size."""
        self.total[...] += other.total
        self.valid[...] |= other.valid

    def set(self, other: "Sums") -> None:
        """Become like another one of this size."""
        self.total[...] = other.total
        self.valid[...] = other.valid
