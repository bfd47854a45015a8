# SPDX-License-Identifier: GPL-3.0-or-later
"""A prediction strip by strip, so that no raster is ever held as a whole."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from weft.errors import RasterError
from weft.polygons.prediction import FULL, Prediction
from weft.polygons.reading import Reader

DEFAULT_THRESHOLD = 0.5
REACH = 64  # pixels that an interior grows at most
STRIP_PIXELS = 2**23  # that a strip looks at, about

Levels = NDArray[np.uint8]
"""Probabilities, 0..FULL."""
Classes = NDArray[np.uint8]


@dataclass(frozen=True)
class Strip:
    """Rows of a prediction, and some more above and below them that tell what is near.

    `top` is the first of its own rows in the raster, `own` are they in the arrays. `classes` and
    `interior` are (rows, width), `certainty` has the own rows alone. Classes are 0 where there is
    nothing; `interior` is how probable it is that a pixel lies deeper inside of an object than its
    rim, `certainty` the probability of its class. Both are None where they are unknown, or where
    the class raster has nothing.
    """

    top: int
    own: slice
    classes: Classes
    interior: Levels | None
    certainty: Levels | None


def one_strip(classes: Classes, interior: Levels | None, certainty: Levels | None = None) -> Strip:
    """A small raster (h, w) as a single strip."""
    return Strip(0, slice(0, len(classes)), classes, interior, certainty)


def spans(height: int, rows: int, reach: int) -> Iterator[tuple[slice, slice]]:
    """The rows of a raster that each strip looks at, and which of those are its own.

    What strips look at ends at multiples of `rows`, so that blocks of that height are read once.
    """
    for top, bottom in pairwise([0, *range(rows - reach % rows, height, rows), height]):
        # with one row more above, where the strip meets the one before
        seen = slice(max(0, top - reach - 1), min(height, bottom + reach))
        yield seen, slice(top - seen.start, bottom - seen.start)


def read_strips(
    prediction: Prediction,
    thresholds: Sequence[float] | None,
    split: NDArray[np.bool_],
    rows: int | None = None,
) -> Generator[Strip, None, None]:
    """The strips of `prediction` from above, of so many `rows` each; by its width if not given.

    With `thresholds`, one a class, or without a class raster, classes come from the probabilities:
    the most probable one of those that reach their threshold (0.5 if not given). Interiors are
    given for the classes that `split` (256,) marks. Raises `RasterError` for what does not fit.
    """
    if thresholds is None and prediction.class_path is None:
        thresholds = [DEFAULT_THRESHOLD]
    if thresholds is not None and prediction.probability_path is None:
        raise RasterError(
            f"{prediction.path} has no probability raster beside it, so a threshold cannot be "
            "applied; give the probability raster, or leave the threshold out."
        )
    reach = REACH if prediction.interior_band is not None and split.any() else 0
    overlap = 2 * reach + 1
    with Reader(overlap) as reader:
        block = reader.block_rows(prediction.path)
        rows = rows or rows_of_strips(prediction.grid.width, overlap, block)
        for seen, own in spans(prediction.grid.height, rows, reach):
            yield read_strip(reader, prediction, thresholds, split, seen, own)


def rows_of_strips(width: int, overlap: int, block: int) -> int:
    """How many rows of their own strips have that look at `overlap` more.

    With those, they are of about STRIP_PIXELS, but do not look at more rows of others than of their
    own. Where blocks of `block` rows are not too high for that, they are as high as some of them.
    """
    rows = max(overlap, STRIP_PIXELS // width - overlap)
    return round(rows / block) * block or rows


def read_strip(
    reader: Reader,
    prediction: Prediction,
    thresholds: Sequence[float] | None,
    split: NDArray[np.bool_],
    seen: slice,
    own: slice,
) -> Strip:
    """The strip that looks at the rows `seen`, of which `own` are its own."""
    probabilities, band = prediction.probability_path, prediction.interior_band
    certainty = interior = None
    levels: Iterable[Levels] = ()
    if probabilities is not None:
        # one at a time, however many classes there are
        names = range(1, len(prediction.classes or ()) + 1)
        levels = (reader.read(probabilities, name, seen) for name in names)
    if thresholds is not None:
        shape = seen.stop - seen.start, prediction.grid.width
        classes, certainty = most_probable(levels, thresholds, shape)
    else:
        assert prediction.class_path is not None
        classes = check_values(prediction, reader.read(prediction.class_path, 1, seen))
        if not classes.any():
            # most of a large raster may be sea, or lie outside of its images
            return Strip(seen.start + own.start, own, classes, None, None)
        certainty = None if probabilities is None else own_level(levels, classes)
    if probabilities is not None and band is not None and split.any():
        interior = reader.read(probabilities, band, seen)
        if not split.all():
            interior = np.where(split[classes], interior, np.uint8(0))
    certainty = None if certainty is None else certainty[own]
    return Strip(seen.start + own.start, own, classes, interior, certainty)


def most_probable(
    levels: Iterable[Levels], thresholds: Sequence[float], shape: tuple[int, int]
) -> tuple[Classes, Levels]:
    """Classes (h, w) from the levels (h, w) of each, and the level of each pixel's own.

    Both are 0 where none reaches its threshold, or that of all.
    """
    # quantised as the probabilities are, so that p = threshold is in
    least = np.rint(FULL * np.array(thresholds)).clip(1).astype(np.uint8)
    classes, best = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for value, level in enumerate(levels, 1):
        better = (level >= least[min(value, len(least)) - 1]) & (level > best)
        np.copyto(classes, np.uint8(value), where=better)
        np.copyto(best, level, where=better)
    return classes, best


def own_level(levels: Iterable[Levels], classes: Classes) -> Levels:
    """The level (h, w) of each pixel's own class, of those of each class; 0 where there is none."""
    own = np.zeros_like(classes)
    for value, level in enumerate(levels, 1):
        np.copyto(own, level, where=classes == value)
    return own


def check_values(prediction: Prediction, classes: Classes) -> Classes:
    """The classes; RasterError where a class raster holds a value that it does not name."""
    highest = int(classes.max())
    if prediction.classes is not None and highest > len(prediction.classes):
        raise RasterError(
            f"{prediction.path} holds the value {highest} but names only "
            f"{len(prediction.classes)} classes; make it again with predict."
        )
    return classes
