# SPDX-License-Identifier: GPL-3.0-or-later
"""The rasters that polygons are made from: a class raster, a probability raster, or the pair."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from weft.errors import RasterError
from weft.grid import Grid
from weft.raster.inspect import examine
from weft.raster.opening import naming, open_dataset

STRIP_ROWS = 1024
DEFAULT_THRESHOLD = 0.5
FULL = 254  # the uint8 that stands for probability 1; 255 is nodata


@dataclass(frozen=True)
class Prediction:
    """One image's prediction: where its rasters lie and what their values mean.

    `min_area_m2` is the area below which the model's makers took objects for noise, 0 if unknown.
    `classes` are the names of the values 1..K, None for a raster that does not say. At least one
    of both paths is there. `interior_band` of the probability raster tells what lies deeper inside
    of an object than its rim; None where it has no such band.
    """

    grid: Grid
    gsd_m: float
    source: str
    model: str | None
    min_area_m2: float
    classes: tuple[str, ...] | None
    class_path: Path | None
    probability_path: Path | None
    interior_band: int | None

    @property
    def path(self) -> Path:
        """The raster to name to the user."""
        path = self.class_path or self.probability_path
        assert path is not None
        return path

    def class_name(self, value: int) -> str:
        """The name of a class raster's value."""
        named = self.classes is not None and value <= len(self.classes)
        return self.classes[value - 1] if self.classes is not None and named else str(value)


def open_prediction(path: Path) -> Prediction:
    """What `path` holds; a tagged raster brings the other one of its pair, if it lies beside it.

    Raises `RasterError` for everything that is neither a class nor a probability raster.
    """
    with open_dataset(path) as dataset:
        tags = dataset.tags()
        kind = tags.get("WEFT_KIND", "class")
        classes = _classes(path, tags)
        _check_layout(path, dataset, kind, classes)
        grid = _grid(path, dataset)
        gsd_m = _gsd_m(path, grid)
    probability = _probability_beside(path, tags, grid) if kind == "class" else path
    return Prediction(
        grid=grid,
        gsd_m=gsd_m,
        source=tags.get("WEFT_SOURCE", path.name),
        model=tags.get("WEFT_MODEL"),
        min_area_m2=_min_area_m2(path, tags),
        classes=classes,
        class_path=path if kind == "class" else None,
        probability_path=probability,
        interior_band=_interior_band(probability, len(classes or ())),
    )


def read_classes(
    prediction: Prediction,
    thresholds: Sequence[float] | None,
    check_cancelled: Callable[[], None] = lambda: None,
) -> NDArray[np.uint8]:
    """The class of each pixel, shape (height, width), 0 where there is none.

    With `thresholds`, one a class, or without a class raster, classes come from the probabilities:
    the most probable one of those that reach their threshold (0.5 if not given).
    """
    from_probability = thresholds is not None or prediction.class_path is None
    path = prediction.probability_path if from_probability else prediction.class_path
    if path is None:
        raise RasterError(
            f"{prediction.path} has no probability raster beside it, so a threshold cannot be "
            "applied; give the probability raster, or leave the threshold out."
        )
    # quantised as the probabilities are, so that p = threshold is in
    wanted = np.rint(FULL * np.atleast_1d(thresholds or DEFAULT_THRESHOLD)).clip(1)
    least = wanted.astype(np.uint8)[:, None, None]
    classes = np.zeros((prediction.grid.height, prediction.grid.width), np.uint8)
    bands_read = range(1, len(prediction.classes or ()) + 1) if from_probability else [1]
    for rows, bands in read_strips(path, bands_read):
        check_cancelled()
        classes[rows] = _most_probable(bands, least) if from_probability else bands[0]
    _check_values(prediction, int(classes.max()))
    return classes


def read_interiors(
    prediction: Prediction, check_cancelled: Callable[[], None] = lambda: None
) -> NDArray[np.uint8] | None:
    """How probable it is that a pixel is interior, 0..FULL, (height, width); None if unknown."""
    path, band = prediction.probability_path, prediction.interior_band
    if path is None or band is None:
        return None
    interior = np.zeros((prediction.grid.height, prediction.grid.width), np.uint8)
    for rows, bands in read_strips(path, [band]):
        check_cancelled()
        interior[rows] = bands[0]
    return interior


def read_strips(path: Path, bands: Sequence[int]) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
    """Rows and their pixels, (bands, rows, width), strip by strip; invalid pixels are 0."""
    indexes = list(bands)
    with open_dataset(path) as dataset:
        for top in range(0, dataset.height, STRIP_ROWS):
            window = Window(0, top, dataset.width, min(STRIP_ROWS, dataset.height - top))
            rows = slice(top, top + window.height)
            with naming(path, f"rows {rows.start} to {rows.stop - 1}"):
                pixels = dataset.read(indexes, window=window)
                pixels[dataset.read_masks(indexes, window=window) == 0] = 0
            yield rows, pixels


def _most_probable(bands: NDArray[np.uint8], least: NDArray[np.uint8]) -> NDArray[np.uint8]:
    reached = np.where(bands >= least, bands, 0)
    best = reached.argmax(axis=0)
    return np.where(reached.any(axis=0), best + 1, 0).astype(np.uint8)


def _grid(path: Path, dataset: DatasetReader) -> Grid:
    grid = examine(path, dataset).grid
    if grid.crs is None:
        raise RasterError(
            f"{path} has no CRS, so areas in m² cannot be computed; assign one with 'Assign "
            "projection' in QGIS."
        )
    return grid


def _gsd_m(path: Path, grid: Grid) -> float:
    try:
        gsd_m = grid.gsd_m()
    except ProjError:
        gsd_m = None
    if gsd_m is None:
        raise RasterError(
            f"{path} lies outside the world of its CRS, so areas in m² cannot be computed; assign "
            "the right CRS with 'Assign projection' in QGIS."
        )
    return gsd_m


def _classes(path: Path, tags: dict[str, str]) -> tuple[str, ...] | None:
    text = tags.get("WEFT_CLASSES")
    if text is None:
        return None
    try:
        return tuple(str(entry["name"]) for entry in json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise RasterError(
            f"{path} carries a list of classes that cannot be read; make it again with predict."
        ) from error


def _check_layout(
    path: Path, dataset: DatasetReader, kind: str, classes: tuple[str, ...] | None
) -> None:
    bands = {1}
    if kind == "probability":
        bands = {len(classes), len(classes) + 1} if classes else set()
    if dataset.count not in bands or set(dataset.dtypes) != {"uint8"}:
        raise RasterError(
            f"{path} is not a class raster ({dataset.count} bands of {dataset.dtypes[0]}); give "
            "one that predict wrote, or any raster of one 8-bit band whose values are classes."
        )


def _interior_band(path: Path | None, classes: int) -> int | None:
    """The band after those of the classes, if the probability raster has it."""
    if path is None:
        return None
    with open_dataset(path) as dataset:
        return classes + 1 if dataset.count > classes else None


def _check_values(prediction: Prediction, highest: int) -> None:
    if prediction.classes is not None and highest > len(prediction.classes):
        raise RasterError(
            f"{prediction.path} holds the value {highest} but names only "
            f"{len(prediction.classes)} classes; make it again with predict."
        )


def _min_area_m2(path: Path, tags: dict[str, str]) -> float:
    text = tags.get("WEFT_MIN_AREA_M2", "0")
    try:
        return float(text)
    except ValueError as error:
        raise RasterError(
            f"{path} has the damaged tag WEFT_MIN_AREA_M2 ({text}); predict the image again."
        ) from error


def _probability_beside(path: Path, tags: dict[str, str], grid: Grid) -> Path | None:
    """The probability raster of the pair, if it still lies beside and fits."""
    name = tags.get("WEFT_PAIR")
    other = path.parent / Path(name).name if name else None
    if other is None or not other.exists():
        return None
    with open_dataset(other) as dataset:
        found = dataset.tags()
        same_size = (dataset.height, dataset.width) == (grid.height, grid.width)
        is_probability = found.get("WEFT_KIND") == "probability"
        same_classes = found.get("WEFT_CLASSES") == tags.get("WEFT_CLASSES")
    return other if same_size and is_probability and same_classes else None
