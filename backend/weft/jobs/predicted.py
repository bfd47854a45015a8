# SPDX-License-Identifier: GPL-3.0-or-later
"""The two rasters that a prediction leaves of an image: probabilities and classes."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling

from weft.bundle import ModelCard
from weft.grid import Grid, Window
from weft.inference.row_file import Levels
from weft.model import Model
from weft.polygons.clean import SPECK
from weft.raster.write import RasterWriter

FULL = 254
NODATA = 255


@dataclass(frozen=True)
class PredictedImage:
    """The two rasters of an image."""

    image: Path
    probability: Path
    classes: Path


def outputs(image: Path, out: Path) -> tuple[Path, Path]:
    """The probability raster and the class raster of an image."""
    return out / f"{image.stem}_prob.tif", out / f"{image.stem}_class.tif"


def rows_folder(image: Path, out: Path) -> Path:
    """Where finished rows of the image are kept until the rasters are written."""
    return out / f".{image.stem}_weft"


def write_rasters(
    blocks: Iterator[tuple[Window, Levels]],
    result: PredictedImage,
    model: Model,
    grid: Grid,
    aside: Path,
) -> None:
    """Write the levels (K + 1, h, w) of `blocks` and the classes that they make.

    `aside` is a folder for drafts on the same file system.
    """
    card = model.card
    with ExitStack() as stack:
        # Left in reverse: the larger one, which a full disk stops, is in place before the other.
        classes = stack.enter_context(
            RasterWriter(
                result.classes,
                grid,
                1,
                aside=aside,
                nodata=NODATA,
                tags=tags(model, result.image, "class", result.probability),
                descriptions=("class",),
                colormap=colour_table(card),
            )
        )
        probabilities = stack.enter_context(
            RasterWriter(
                result.probability,
                grid,
                len(card.classes) + 1,
                aside=aside,
                nodata=NODATA,
                tags=tags(model, result.image, "probability", result.classes),
                descriptions=(*(each.name for each in card.classes), "interior"),
                resampling=Resampling.average,
            )
        )
        for window, levels in blocks:
            probabilities.write(levels, window)
            classes.write(classify(levels)[None], window)


def quantise(probabilities: NDArray[np.float32], valid: NDArray[np.bool_]) -> Levels:
    """Probabilities (bands, h, w) as round(254 p), 255 where not valid."""
    scaled = probabilities * np.float32(FULL)
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, FULL, out=scaled)
    levels = scaled.astype(np.uint8)
    levels[:, ~valid] = NODATA
    return levels


def classify(levels: Levels) -> Levels:
    """The most probable class (h, w) where it is at least one half, else 0; 255 if not valid.

    `levels` (K + 1, h, w) are those of K classes and, last, of interiors.
    """
    best = np.zeros(levels.shape[1:], np.uint8)
    highest = np.full(levels.shape[1:], FULL // 2 - 1, np.uint8)
    for value, likely in enumerate(levels[:-1], 1):
        best[likely > highest] = value
        np.maximum(highest, likely, out=highest)
    best[levels[0] == NODATA] = NODATA
    return best


def tags(model: Model, image: Path, kind: str, pair: Path) -> dict[str, str]:
    """What a prediction says of itself."""
    return {
        "WEFT_CLASSES": json.dumps([asdict(each) for each in model.card.classes]),
        "WEFT_MODEL": model.identity,
        "WEFT_SOURCE": image.name,
        "WEFT_KIND": kind,
        "WEFT_PAIR": pair.name,
        "WEFT_MIN_AREA_M2": f"{(model.card.training.small_object_m2 or 0) * SPECK:.3f}",
    }


def colour_table(card: ModelCard) -> dict[int, tuple[int, int, int, int]]:
    """Colours of the class raster: background is transparent."""
    colours = {0: (0, 0, 0, 0)}
    for value, each in enumerate(card.classes, 1):
        red, green, blue = bytes.fromhex(each.colour.lstrip("#"))
        colours[value] = (red, green, blue, 255)
    return colours
