# SPDX-License-Identifier: GPL-3.0-or-later
"""The rasters that polygons are made from: a class raster, a probability raster, or the pair."""

import json
from dataclasses import dataclass
from pathlib import Path

from rasterio.io import DatasetReader

from weft.errors import RasterError
from weft.grid import Grid
from weft.raster.inspect import examine
from weft.raster.opening import open_dataset

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
        gsd_m = measured_gsd(path, grid)
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


def _grid(path: Path, dataset: DatasetReader) -> Grid:
    grid = examine(path, dataset).grid
    if grid.crs is None:
        raise RasterError(
            f"{path} has no CRS, so areas in m² cannot be computed; assign one with 'Assign "
            "projection' in QGIS."
        )
    return grid


def measured_gsd(path: Path, grid: Grid) -> float:
    """The grid's GSD in metres; RasterError outside the world of its CRS."""
    gsd_m = grid.gsd_m()
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
    except (ValueError, TypeError, KeyError, RecursionError) as error:
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
    other = path.parent / Path(name).name if name and "WEFT_CLASSES" in tags else None
    if other is None or not other.exists():
        return None
    with open_dataset(other) as dataset:
        found = dataset.tags()
        same_size = (dataset.height, dataset.width) == (grid.height, grid.width)
        is_probability = found.get("WEFT_KIND") == "probability"
        same_classes = found.get("WEFT_CLASSES") == tags.get("WEFT_CLASSES")
    return other if same_size and is_probability and same_classes else None
