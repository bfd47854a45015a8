# SPDX-License-Identifier: GPL-3.0-or-later
"""A prediction strip by strip, so that no raster is ever held as a whole."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from weft.errors import RasterError
from weft.polygons.prediction import FULL, Prediction
from weft.raster.opening import naming, open_dataset

DEFAULT_THRESHOLD = 0.5
REACH = 64  # pixels that an interior grows at most
STRIP_PIXELS = 2**24

Levels = NDArray[np.uint8]
"""Probabilities, 0..FULL."""
Classes = NDArray[np.uint8]


@dataclass(frozen=True)
class Strip:
    """Rows of a prediction, and some more above and below them that tell what is near.

    `top` is the first of its own rows in the raster, `own` are they in the arrays. `classes` and
    `interior` are (rows, width), `certainty` has the own rows alone. Classes are 0 where there is
    nothing; `interior` is how probable it is that a pixel lies deeper inside of an object than its
    rim, `certainty` the probability of its class. Both are None where they are unknown.
    """

    top: int
    own: slice
    classes: Classes
    interior: Levels | None
    certainty: Levels | None


def one_strip(classes: Classes, interior: Levels | None) -> Strip:
    """A small raster (h, w) as a single strip."""
    return Strip(0, slice(0, len(classes)), classes, interior, None)


def spans(height: int, rows: int, reach: int) -> Iterator[tuple[slice, slice]]:
    """The rows of a raster that each strip looks at, and which of those are its own `rows`."""
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        # with one row more above, where the strip meets the one before
        seen = slice(max(0, top - reach - 1), min(height, bottom + reach))
        yield seen, slice(top - seen.start, bottom - seen.start)


def read_strips(
    prediction: Prediction,
    thresholds: Sequence[float] | None,
    split: NDArray[np.bool_],
    pixels: int = STRIP_PIXELS,
) -> Generator[Strip, None, None]:
    """The strips of `prediction` from above, of about so many `pixels` each.

    With `thresholds`, one a class, or without a class raster, classes come from the probabilities:
    the most probable one of those that reach their threshold (0.5 if not given). Interiors are
    given for the classes that `split` (256,) marks. Raises `RasterError` for what does not fit.
    """
    from_levels = thresholds is not None or prediction.class_path is None
    if from_levels and prediction.probability_path is None:
        raise RasterError(
            f"{prediction.path} has no probability raster beside it, so a threshold cannot be "
            "applied; give the probability raster, or leave the threshold out."
        )
    names = len(prediction.classes or ())
    band = prediction.interior_band if split.any() else None
    height, width = prediction.grid.height, prediction.grid.width
    with Reader() as reader:
        for seen, own in spans(height, max(1, pixels // width), 0 if band is None else REACH):
            window = Window(0, seen.start, width, seen.stop - seen.start)
            levels = reader.read(prediction.probability_path, window)
            given = reader.read(None if from_levels else prediction.class_path, window)
            if len(given):
                classes = check_values(prediction, given[0])
            else:
                classes = most_probable(levels[:names], thresholds or [DEFAULT_THRESHOLD])
            certainty = own_level(levels[:names, own], classes[own]) if len(levels) else None
            interior = None
            if band is not None:
                interior = np.where(split[classes], levels[band - 1], 0).astype(np.uint8)
            yield Strip(seen.start + own.start, own, classes, interior, certainty)


class Reader(ExitStack):
    """Rasters that stay open as long as the reader does."""

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[Path, DatasetReader] = {}

    def read(self, path: Path | None, window: Window) -> NDArray[np.uint8]:
        """All bands (bands, h, w), none without a raster; invalid pixels are 0."""
        if path is None:
            return np.empty((0, window.height, window.width), np.uint8)
        if path not in self._open:
            self._open[path] = self.enter_context(open_dataset(path))
        dataset = self._open[path]
        start = window.row_off
        with naming(path, f"rows {start} to {start + window.height - 1}"):
            pixels: NDArray[np.uint8] = dataset.read(window=window)
            pixels[dataset.read_masks(window=window) == 0] = 0
        return pixels


def most_probable(levels: Levels, thresholds: Sequence[float]) -> Classes:
    """Classes (h, w) from levels (K, h, w), 0 where none reaches its threshold, or that of all."""
    # quantised as the probabilities are, so that p = threshold is in
    least = np.rint(FULL * np.array(thresholds)).clip(1).astype(np.uint8)
    classes, best = np.zeros((2, *levels.shape[1:]), np.uint8)
    for value, level in enumerate(levels, 1):
        better = (level >= least[min(value, len(least)) - 1]) & (level > best)
        np.copyto(classes, np.uint8(value), where=better)
        np.copyto(best, level, where=better)
    return classes


def own_level(levels: Levels, classes: Classes) -> Levels:
    """The level (h, w) of each pixel's own class, of levels (K, h, w); 0 where there is none."""
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
