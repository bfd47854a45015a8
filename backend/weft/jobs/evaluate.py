# SPDX-License-Identifier: GPL-3.0-or-later
"""A result against the truth, class by class, on the images' own grids."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from weft.errors import LabelError, RequestError
from weft.labels.check import lying_inside
from weft.labels.layer import Layer, find_layer, read_layer
from weft.labels.place import to_plane
from weft.labels.read import (
    BACKGROUND,
    DEFAULT_FIELD,
    ONLY_CLASS,
    choose_field,
    class_names,
    read_areas,
)
from weft.labels.source import LabelSource
from weft.polygons.score import ClassScore, Tally, class_score, tally_image
from weft.progress import Context
from weft.raster.inspect import examine, inspect
from weft.raster.opening import naming, open_dataset


@dataclass(frozen=True)
class EvaluateRequest:
    """What to compare with what. Inside `exclude` (areas used for training) nothing counts."""

    result: LabelSource
    truth: LabelSource
    images: tuple[Path, ...]
    exclude: LabelSource | None = None
    class_field: str = DEFAULT_FIELD


@dataclass(frozen=True)
class EvaluateResult:
    """The score of each class of the truth, and the means over classes."""

    classes: dict[str, ClassScore]
    mean_iou: float
    mean_f1: float


def evaluate(request: EvaluateRequest, context: Context) -> EvaluateResult:
    """Score `request.result` for each class of the truth, over all images together."""
    if not request.images:
        raise RequestError("There is no image to evaluate on; give at least one.")
    truth = _read_truth(request)
    names = sorted(set(truth["class"]))
    found = _read_found(request, names)
    exclude = _read_exclude(request, context)
    tallies = dict.fromkeys(names, Tally())
    for done, path in enumerate(request.images):
        context.check_cancelled()
        context.progress(done, len(request.images), f"Comparing on {path.name}")
        for name, tally in _tally(path, found, truth, exclude, names).items():
            tallies[name] += tally
    scores = {name: class_score(tally) for name, tally in tallies.items()}
    return EvaluateResult(
        classes=scores,
        mean_iou=round(float(np.mean([score.iou for score in scores.values()])), 4),
        mean_f1=round(float(np.mean([score.f1 for score in scores.values()])), 4),
    )


def _read_truth(request: EvaluateRequest) -> gpd.GeoDataFrame:
    layer = find_layer(request.truth)
    field = choose_field(layer, request.class_field)
    rows, _ = read_layer(layer, (field,) if field else ())
    names = class_names(rows[field]) if field else pd.Series(ONLY_CLASS, index=rows.index)
    wanted = names.notna() & (names != BACKGROUND)
    truth = rows[["geometry"]].assign(**{"class": names})[wanted]
    if truth.empty:
        raise LabelError(f"{request.truth} has no feature to compare with; give the true labels.")
    return truth


def _read_found(request: EvaluateRequest, names: list[str]) -> gpd.GeoDataFrame:
    """The result with its classes; without a class field all of it is the only class there is."""
    layer = find_layer(request.result)
    if request.class_field in layer.fields:
        return _with_classes(layer, request.class_field)
    if DEFAULT_FIELD in layer.fields:
        # results of WEFT have it, whatever the truth has
        found = _with_classes(layer, DEFAULT_FIELD)
        if len(names) > 1 or names[0] in set(found["class"]):
            return found
    rows, _ = read_layer(layer)
    # an empty GeoJSON has no fields, and is a result all the same
    if len(names) > 1 and len(rows):
        raise LabelError(
            f"{request.result} has no field '{request.class_field}' but the truth has "
            f"{len(names)} classes; its fields are: {', '.join(layer.fields) or 'none'}."
        )
    return rows.assign(**{"class": names[0]})


def _with_classes(layer: Layer, field: str) -> gpd.GeoDataFrame:
    rows, _ = read_layer(layer, (field,))
    return rows[["geometry"]].assign(**{"class": class_names(rows[field])})


def _read_exclude(request: EvaluateRequest, context: Context) -> gpd.GeoSeries | None:
    """The areas to exclude, with a note where they would exclude nothing."""
    if request.exclude is None:
        return None
    areas = read_areas(request.exclude)
    if not lying_inside(areas, [inspect(path).grid for path in request.images]).any():
        context.note(
            f"No area of {request.exclude} lies on the images, so nothing is excluded; check the "
            "CRS of both."
        )
    return areas


def _tally(
    path: Path,
    found: gpd.GeoDataFrame,
    truth: gpd.GeoDataFrame,
    exclude: gpd.GeoSeries | None,
    names: list[str],
) -> dict[str, Tally]:
    """Counts of each class on one image."""
    with open_dataset(path) as dataset, naming(path, "its validity mask"):
        grid = examine(path, dataset).grid
        found_here, truth_here = _pieces(found, grid.crs), _pieces(truth, grid.crs)
        barred = None if exclude is None else to_plane(exclude, grid.crs).union_all()
        return {
            name: tally_image(dataset, grid, _of(found_here, name), _of(truth_here, name), barred)
            for name in names
        }


def _pieces(frame: gpd.GeoDataFrame, crs: CRS | None) -> gpd.GeoDataFrame:
    """Single parts in the CRS of the image; a multipolygon is as many objects as it has parts."""
    return to_plane(frame, crs).explode(index_parts=False)


def _of(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoSeries:
    chosen = frame.geometry[frame["class"] == name]
    return gpd.GeoSeries(shapely.make_valid(np.asarray(chosen.values)), crs=frame.crs)
