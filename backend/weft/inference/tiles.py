# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping tiles along an axis, and the weights with which they blend."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weft.errors import RequestError

DEFAULT_TILE = 512
DEFAULT_OVERLAP = 64
LARGEST_TILE = 4096  # pixels; a larger one asks for tens of gigabytes


@dataclass(frozen=True)
class Span:
    """One tile along one axis: `size` pixels from `start`, which may lie outside the image."""

    start: int
    size: int

    @property
    def stop(self) -> int:
        """The first pixel after the tile."""
        return self.start + self.size


@dataclass(frozen=True)
class Axis:
    """All tiles along an axis of `length` pixels; neighbours share `overlap` pixels."""

    length: int
    overlap: int
    spans: tuple[Span, ...]

    @property
    def ends(self) -> list[int]:
        """After each tile, how many pixels from the start are final: no later tile reaches them."""
        return [*(span.start for span in self.spans[1:]), self.length]

    def weights(self, index: int) -> NDArray[np.float32]:
        """Weights (size,) of tile `index`: ramps over the overlaps, flat at the image's ends.

        Over all tiles they sum to one at every pixel of the image. The outer quarter of an overlap
        weighs nothing, because there the network sees its own padding.
        """
        size = self.spans[index].size
        weights = np.ones(size, np.float32)
        place = (np.arange(self.overlap, dtype=np.float32) + 0.5) / max(1, self.overlap)
        ramp = np.clip(2 * place - 0.5, 0, 1)
        if index > 0:
            weights[: self.overlap] = ramp
        if index < len(self.spans) - 1:
            inner = size - self.overlap
            weights[inner:] = ramp[::-1]
        return weights


def plan_axis(length: int, tile: int, overlap: int) -> Axis:
    """The fewest tiles of `tile` pixels that cover 0..length, with half an overlap around it.

    An image's edge is no place for a tile's edge: there the network would see its own padding.
    """
    around = overlap // 2
    step = tile - overlap
    count = max(1, -(-(length + 2 * around - overlap) // step))
    return Axis(length, overlap, tuple(Span(i * step - around, tile) for i in range(count)))


def choose_tile(wish: int | None, multiple: int) -> int:
    """The side of a tile for a network that takes multiples of `multiple`.

    RequestError when the wish does not suit it.
    """
    near = multiple * max(1, round((wish or DEFAULT_TILE) / multiple))
    if wish is None:
        return near
    if not multiple <= wish <= LARGEST_TILE:
        raise RequestError(
            f"The tile size {wish} is out of range; choose --tile from {multiple} to "
            f"{LARGEST_TILE}."
        )
    if wish != near:
        raise RequestError(
            f"The tile size {wish} is not a multiple of {multiple}, as this model needs; choose "
            f"--tile {near}, for example."
        )
    return wish


def choose_overlap(wish: int | None, tile: int) -> int:
    """The pixels that tiles of side `tile` share; RequestError when the wish does not fit."""
    if wish is None:
        return min(DEFAULT_OVERLAP, tile // 4)
    if not 0 <= wish <= tile // 2:
        raise RequestError(
            f"The overlap {wish} does not fit tiles of {tile}; choose --overlap from 0 to "
            f"{tile // 2}."
        )
    return wish
