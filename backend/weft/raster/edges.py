# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows beyond the image: which of their cells can be read, and what fills the rest."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Span:
    """Cells `first`..`last` (exclusive) of a window's axis, and the pixels `start`..`stop` of the
    image, in fractions, that they are read from."""

    first: int
    last: int
    start: float
    stop: float


def spans(origin: int, size: int, count: int, limit: int) -> list[Span]:
    """The parts of an axis with something to read: `count` cells over pixels `origin` to
    `origin + size`, of an image with pixels 0 to `limit`.

    A cell belongs to the image when its centre does. A cell that the image's edge cuts is a span of
    its own, so that the others keep their exact scale.
    """
    first = _within(_ceil(-2 * origin * count - size, 2 * size), count)
    last = _within(_ceil(2 * (limit - origin) * count - size, 2 * size), count)
    whole_first = min(max(_ceil(-origin * count, size), first), last)
    whole_last = min(max((limit - origin) * count // size, whole_first), last)
    bounds = sorted({first, whole_first, whole_last, last})
    return [
        Span(a, b, max(0, origin + a * size / count), min(limit, origin + b * size / count))
        for a, b in pairwise(bounds)
    ]


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _within(cell: int, count: int) -> int:
    return min(max(cell, 0), count)


def fill_around(
    inner: NDArray[np.float32],
    rows: tuple[int, int],
    columns: tuple[int, int],
    shape: tuple[int, int],
) -> NDArray[np.float32]:
    """`inner` (bands, h, w), which lies at `rows` and `columns` of `shape`, mirrored outwards."""
    above, left = rows[0], columns[0]
    around = ((0, 0), (above, shape[0] - rows[1]), (left, shape[1] - columns[1]))
    return np.pad(inner, around, mode="symmetric")
