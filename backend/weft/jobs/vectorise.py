# SPDX-License-Identifier: GPL-3.0-or-later
"""Class or probability rasters in, one file of clean polygons out."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from weft.errors import RasterError, RequestError
from weft.outputs import check_apart
from weft.polygons.clean import fill_holes, large_enough, tidy
from weft.polygons.confidence import mean_probability
from weft.polygons.coverage import simplify
from weft.polygons.measure import measure
from weft.polygons.objects import Objects, fused, separate
from weft.polygons.prediction import (
    DEFAULT_THRESHOLD,
    Prediction,
    open_prediction,
    read_classes,
    read_interiors,
)
from weft.polygons.trace import to_ground, trace
from weft.polygons.write import check_output, write_polygons
from weft.progress import Context


@dataclass(frozen=True)
class ClassLimits:
    """What holds for one class alone; None where the request's own value holds."""

    threshold: float | None = None
    min_area_m2: float | None = None
    min_hole_m2: float | None = None
    split: bool | None = None


@dataclass(frozen=True)
class VectoriseRequest:
    """What to vectorise. `threshold` None takes the class raster as it is, `min_area_m2` None a
    quarter of a small labelled object, which predicted rasters say themselves.

    `simplify_m` is how far outlines may be simplified, in metres on the ground; None stands for
    one pixel, 0 keeps every pixel corner. `split` tells objects apart that touch, where the raster
    knows of interiors.
    """

    rasters: tuple[Path, ...]
    out: Path
    threshold: float | None = None
    min_area_m2: float | None = None
    min_hole_m2: float = 0.0
    simplify_m: float | None = 0.0
    split: bool = True
    classes: dict[str, ClassLimits] = field(default_factory=dict)


@dataclass(frozen=True)
class VectoriseResult:
    """The file written, and how many polygons of each class it holds."""

    out: Path
    counts: dict[str, int]
    polygons: int
    area_m2: dict[str, float]


def vectorise(request: VectoriseRequest, context: Context) -> VectoriseResult:
    """Write the polygons of all rasters to `request.out`, in the CRS of the first raster."""
    if not request.rasters:
        raise RequestError("There is no raster to vectorise; give at least one.")
    check_limits(request)
    check_output(request.out)
    check_apart([request.out], request.rasters)
    predictions = _open_all(request, context)
    crs = predictions[0].grid.crs
    assert crs is not None
    frames = []
    for done, prediction in enumerate(predictions):
        context.check_cancelled()
        context.progress(done, len(predictions), f"Outlines of {prediction.path.name}")
        frames.append(_in_crs(outlines(prediction, request, context), crs, prediction, context))
    context.progress(len(predictions), len(predictions), f"Writing {request.out.name}")
    frame = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=crs)
    write_polygons(frame, request.out)
    counts = Counter(frame["class"])
    areas = frame.groupby("class")["area_m2"].sum()
    return VectoriseResult(
        out=request.out,
        counts={name: counts[name] for name in sorted(counts)},
        polygons=len(frame),
        area_m2={name: float(areas[name]) for name in sorted(counts)},
    )


def outlines(
    prediction: Prediction, request: VectoriseRequest, context: Context
) -> gpd.GeoDataFrame:
    """Polygons of one raster in its own CRS, with all fields of the result."""
    grid = prediction.grid
    limits = limits_of(prediction, request)
    classes = read_classes(prediction, limits.thresholds, context.check_cancelled)
    objects = find_objects(classes, prediction, limits, context)
    polygons, numbers = trace(objects.regions)
    values = objects.classes[numbers]
    context.check_cancelled()
    large = large_enough(polygons, grid, limits.min_area_m2[values])
    polygons, values = polygons[large], values[large]
    polygons = fill_holes(polygons, grid, limits.min_hole_m2[values])
    confidence = _confidence(polygons, values, prediction, context)
    context.check_cancelled()
    tolerance = 1.0 if request.simplify_m is None else request.simplify_m / prediction.gsd_m
    simple, origin = tidy(to_ground(simplify(polygons, tolerance), grid.transform))
    area, perimeter = measure(simple, grid.crs)
    frame = gpd.GeoDataFrame(
        {
            "class": [prediction.class_name(value) for value in values[origin].tolist()],
            "confidence": confidence[origin],
            "area_m2": area,
            "perimeter_m": perimeter,
            "source": prediction.source,
            "model": prediction.model,
        },
        geometry=simple,
        crs=grid.crs,
    ).astype({"class": object, "source": object, "model": object})
    # simplification may have taken a polygon just below the limit
    return frame[frame["area_m2"] >= limits.min_area_m2[values[origin]]]


@dataclass(frozen=True)
class Limits:
    """Limits (256,) by value of a class raster; `thresholds` None takes the raster as it is."""

    thresholds: list[float] | None
    min_area_m2: NDArray[np.float64]
    min_hole_m2: NDArray[np.float64]
    split: NDArray[np.bool_]


def limits_of(prediction: Prediction, request: VectoriseRequest) -> Limits:
    """The request's limits, and those of single classes where it has them."""
    names = prediction.classes or ()
    own = [request.classes.get(name, ClassLimits()) for name in names]
    least = prediction.min_area_m2 if request.min_area_m2 is None else request.min_area_m2
    areas, holes = np.full(256, least), np.full(256, request.min_hole_m2)
    split = np.full(256, request.split)
    for value, each in enumerate(own, 1):
        areas[value] = least if each.min_area_m2 is None else each.min_area_m2
        holes[value] = request.min_hole_m2 if each.min_hole_m2 is None else each.min_hole_m2
        split[value] = request.split if each.split is None else each.split
    given = [request.threshold, *(each.threshold for each in own)]
    if all(threshold is None for threshold in given):
        return Limits(None, areas, holes, split)
    common = DEFAULT_THRESHOLD if request.threshold is None else request.threshold
    thresholds = [common if each.threshold is None else each.threshold for each in own]
    return Limits(thresholds or [common], areas, holes, split)


def find_objects(
    classes: NDArray[np.uint8], prediction: Prediction, limits: Limits, context: Context
) -> Objects:
    """What is one object in `classes` (h, w): where objects touch, interiors decide, if known."""
    interior = None
    if limits.split.any():
        interior = read_interiors(prediction, context.check_cancelled)
    if interior is None:
        return fused(classes)
    interior[~limits.split[classes]] = 0
    return separate(classes, interior, limits.min_area_m2 / prediction.gsd_m**2)


def check_limits(request: VectoriseRequest) -> None:
    """RequestError for a threshold, an area or a length that makes no sense."""
    every: list[VectoriseRequest | ClassLimits] = [request, *request.classes.values()]
    for limits in every:
        threshold = limits.threshold
        if threshold is not None and not 0 < threshold <= 1:
            raise RequestError(
                f"The threshold {threshold:g} makes no sense; give one above 0 and up to 1."
            )
        for name in ("min_area_m2", "min_hole_m2", "simplify_m"):
            value = getattr(limits, name, None)
            if value is not None and not 0 <= value < np.inf:
                option = name.rsplit("_", 1)[0].replace("_", "-")
                raise RequestError(f"--{option} {value:g} makes no sense; give 0 or more.")


def _open_all(request: VectoriseRequest, context: Context) -> list[Prediction]:
    """All rasters, checked before any work; a pair given by both of its rasters counts once."""
    predictions: list[Prediction] = []
    known: set[Path] = set()
    # class rasters first: they know of the probability raster beside them
    opened = sorted(map(open_prediction, request.rasters), key=lambda one: one.class_path is None)
    for prediction in opened:
        paths = {
            path.resolve() for path in (prediction.class_path, prediction.probability_path) if path
        }
        if known & paths:
            context.note(f"{prediction.path.name} belongs to another raster and is not repeated.")
            continue
        known |= paths
        predictions.append(prediction)
    return predictions


def _confidence(
    polygons: np.ndarray, values: np.ndarray, prediction: Prediction, context: Context
) -> np.ndarray:
    if prediction.probability_path is None:
        return np.full(len(polygons), np.nan)
    return mean_probability(polygons, values, prediction.probability_path, context.check_cancelled)


def _in_crs(
    frame: gpd.GeoDataFrame, crs: CRS, prediction: Prediction, context: Context
) -> gpd.GeoDataFrame:
    """`frame` in `crs`, told to the user where it had another; measures stay those of its own."""
    if frame.crs.equals(crs, ignore_axis_order=True):
        return frame
    context.note(
        f"{prediction.path.name} is in {frame.crs.name}; its polygons are reprojected to "
        f"{crs.name}."
    )
    try:
        moved = frame.to_crs(crs)
    except ProjError as error:
        raise RasterError(
            f"{prediction.path} is in {frame.crs.name}, which cannot be brought to {crs.name}; "
            "vectorise it by itself."
        ) from error
    polygons, origin = tidy(np.asarray(moved.geometry.values))
    return moved.iloc[origin].set_geometry(gpd.GeoSeries(polygons, index=moved.index[origin]))
