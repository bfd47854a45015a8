# SPDX-License-Identifier: GPL-3.0-or-later
"""Class or probability rasters in, one file of clean polygons out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from weft.ahead import ahead
from weft.errors import RasterError, RequestError
from weft.outputs import check_apart
from weft.polygons.boxes import axes, boxed
from weft.polygons.clean import (
    fill_holes,
    large_enough,
    least_confidence,
    sure_enough,
    tidy,
    without,
)
from weft.polygons.coverage import simplify
from weft.polygons.formats import check_output
from weft.polygons.measure import measure
from weft.polygons.objects import Objects, objects_in
from weft.polygons.prediction import Prediction, open_prediction
from weft.polygons.right_angles import square
from weft.polygons.strips import DEFAULT_THRESHOLD, Strip, read_strips
from weft.polygons.trace import Polygons, to_ground
from weft.polygons.write import PolygonWriter
from weft.progress import Context

SHAPES = OUTLINE, RIGHT_ANGLES, BOX = "outline", "right-angles", "box"
TEXTS = {"class", "source", "model", "regularised"}
SIDES = "length_m", "width_m", "heading_deg"
STRAY = 64.0  # pixels that right angles may take a wall away from its outline, generously
STAIRS = 2.0  # pixels: walls that run across the grid are stairs, and less leaves them so


@dataclass(frozen=True)
class ClassLimits:
    """What holds for one class alone; None where the request's own value holds."""

    threshold: float | None = None
    min_confidence: float | None = None
    min_area_m2: float | None = None
    min_hole_m2: float | None = None
    split: bool | None = None
    shape: str | None = None


@dataclass(frozen=True)
class VectoriseRequest:
    """What to vectorise. `threshold` None takes the class raster as it is, `min_confidence` None
    leaves out what is mostly false, `min_area_m2` None what is smaller than a quarter of a small
    labelled object, which predicted rasters say themselves.

    `simplify_m` is how far outlines may be simplified, in metres on the ground; None stands for
    one pixel, 0 keeps every pixel corner. `split` tells objects apart that touch, where the raster
    knows of interiors. `shape` is one of SHAPES: the outline; one with right angles, simplified by
    at least two pixels, and a field `regularised` that says whether it could be; or the smallest
    box around it, with the fields `length_m`, `width_m` and `heading_deg`.
    """

    rasters: tuple[Path, ...]
    out: Path
    threshold: float | None = None
    min_confidence: float | None = None
    min_area_m2: float | None = None
    min_hole_m2: float = 0.0
    simplify_m: float | None = 0.0
    split: bool = True
    shape: str = OUTLINE
    classes: dict[str, ClassLimits] = field(default_factory=dict)


@dataclass(frozen=True)
class VectoriseResult:
    """The file written, and how many polygons of each class it holds."""

    out: Path
    counts: dict[str, int]
    polygons: int
    area_m2: dict[str, float]


@dataclass(frozen=True)
class Limits:
    """Limits (256,) by value of a class raster; `thresholds` None takes the raster as it is."""

    thresholds: list[float] | None
    min_confidence: NDArray[np.float64]
    min_area_m2: NDArray[np.float64]
    min_hole_m2: NDArray[np.float64]
    split: NDArray[np.bool_]
    shapes: NDArray[np.str_]


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
    counts: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    with PolygonWriter(request.out) as writer:
        for prediction in predictions:
            tell_crs(prediction, crs, context)
            for frame in outlines(prediction, request, context):
                writer.write(in_crs(frame, crs, prediction))
                counts.update(frame["class"])
                areas.update(frame.groupby("class")["area_m2"].sum().to_dict())
        context.progress(1, 1, f"Writing {request.out.name}")
    return VectoriseResult(
        out=request.out,
        counts={name: counts[name] for name in sorted(counts)},
        polygons=counts.total(),
        area_m2={name: float(areas[name]) for name in sorted(counts)},
    )


def outlines(
    prediction: Prediction, request: VectoriseRequest, context: Context
) -> Iterator[gpd.GeoDataFrame]:
    """Polygons of one raster in its own CRS, with all fields of the result, as they get ready."""
    limits = limits_of(prediction, request)
    strips = ahead(read_strips(prediction, limits.thresholds, limits.split), 1, "strip reader")
    tolerance = 1.0 if request.simplify_m is None else request.simplify_m / prediction.gsd_m
    if (limits.shapes == RIGHT_ANGLES).any():
        tolerance = max(tolerance, STAIRS)
    none = Objects(np.empty(0, object), np.empty(0, np.uint8), np.empty(0), np.inf)
    islands = placed = none.outlines
    # so that a file without polygons has its fields
    yield fields_of(none, none.outlines, np.empty(0, bool), prediction, limits)
    with closing(strips):
        watched = _watched(strips, prediction, context)
        for objects in objects_in(watched, limits.min_area_m2 / prediction.gsd_m**2):
            kept = objects.chosen(_worth_keeping(objects, prediction, limits))
            shaped, squared = shapes_of(kept, islands, placed, prediction, limits, tolerance)
            yield fields_of(kept, shaped, squared, prediction, limits)
            if limits.min_hole_m2.any():
                islands = np.concatenate([islands, kept.outlines])
                islands = islands[shapely.bounds(islands)[:, 1] >= objects.pending_from]
            if (limits.shapes == RIGHT_ANGLES).any():
                placed = np.concatenate([placed, shaped])
                placed = placed[shapely.bounds(placed)[:, 3] >= objects.pending_from - STRAY]


def _worth_keeping(objects: Objects, prediction: Prediction, limits: Limits) -> NDArray[np.bool_]:
    large = large_enough(objects.outlines, prediction.grid, limits.min_area_m2[objects.kinds])
    return large & sure_enough(objects.confidence, limits.min_confidence[objects.kinds])


def shapes_of(
    objects: Objects,
    islands: Polygons,
    placed: Polygons,
    prediction: Prediction,
    limits: Limits,
    tolerance: float,
) -> tuple[Polygons, NDArray[np.bool_]]:
    """The polygons (N,) of `objects` in pixels, and which of them have right angles.

    Holes around one of the `islands` stay, and no outline lies on a polygon that is `placed`.
    """
    grid, kinds = prediction.grid, objects.kinds
    polygons = fill_holes(objects.outlines, grid, limits.min_hole_m2[kinds], islands)
    simple = simplify(polygons, tolerance)
    wanted, pixel = limits.shapes[kinds] == RIGHT_ANGLES, grid.pixel_m() or (1.0, 1.0)
    shaped, squared = square(simple, wanted, pixel, placed)
    return without(shaped, placed), squared


def fields_of(
    objects: Objects,
    shaped: Polygons,
    squared: NDArray[np.bool_],
    prediction: Prediction,
    limits: Limits,
) -> gpd.GeoDataFrame:
    """The finished polygons of `objects` on the ground, with boxes where they are wanted."""
    grid, kinds = prediction.grid, objects.kinds
    shapes, pixel = limits.shapes[kinds], grid.pixel_m() or (1.0, 1.0)
    simple = boxed(shaped, shapes == BOX, pixel)
    simple, origin = tidy(to_ground(simple, grid.transform))
    area, perimeter = measure(simple, grid.crs)
    fields: dict[str, Any] = {
        "class": [prediction.class_name(value) for value in kinds[origin].tolist()],
        "confidence": objects.confidence[origin],
        "area_m2": area,
        "perimeter_m": perimeter,
        "source": prediction.source,
        "model": prediction.model,
    }
    if RIGHT_ANGLES in limits.shapes:
        fields["regularised"] = np.where(squared[origin], "yes", "no")
    if BOX in limits.shapes:
        boxes = shapes[origin] == BOX
        for name, values in zip(SIDES, axes(simple[boxes], grid.crs), strict=True):
            fields[name] = np.full(len(simple), np.nan)
            fields[name][boxes] = values
    texts = dict.fromkeys(fields.keys() & TEXTS, object)
    frame = gpd.GeoDataFrame(fields, geometry=simple, crs=grid.crs).astype(texts)
    # simplification may have taken a polygon just below the limit
    return frame[frame["area_m2"] >= limits.min_area_m2[kinds[origin]]]


def limits_of(prediction: Prediction, request: VectoriseRequest) -> Limits:
    """The request's limits, and those of single classes where it has them."""
    names = prediction.classes or ()
    own = [request.classes.get(name, ClassLimits()) for name in names]

    def by_value(name: str, common: Any) -> NDArray[Any]:
        given = [common if getattr(each, name) is None else getattr(each, name) for each in own]
        return np.array([common, *given] + [common] * (255 - len(own)))

    threshold = DEFAULT_THRESHOLD if request.threshold is None else request.threshold
    thresholds = by_value("threshold", threshold)
    confidence = by_value("min_confidence", request.min_confidence).astype(float)
    if prediction.probability_path is None and (confidence > 0).any():
        raise RasterError(
            f"{prediction.path} has no probability raster beside it, so polygons have no "
            "confidence; give the probability raster, or leave the least confidence out."
        )
    least = prediction.min_area_m2 if request.min_area_m2 is None else request.min_area_m2
    as_it_is = request.threshold is None and all(each.threshold is None for each in own)
    return Limits(
        None if as_it_is else thresholds[1:].tolist()[: max(1, len(own))],
        np.where(np.isnan(confidence), least_confidence(thresholds), confidence),
        by_value("min_area_m2", least),
        by_value("min_hole_m2", request.min_hole_m2),
        by_value("split", request.split),
        by_value("shape", request.shape),
    )


def check_limits(request: VectoriseRequest) -> None:
    """RequestError for a probability, a shape, an area or a length that makes no sense."""
    every: list[VectoriseRequest | ClassLimits] = [request, *request.classes.values()]
    for limits in every:
        confidence = limits.min_confidence
        if confidence is not None and not 0 <= confidence <= 1:
            raise RequestError(
                f"--min-confidence {confidence:g} makes no sense; give a probability from 0 to 1."
            )
        threshold = limits.threshold
        if threshold is not None and not 0 < threshold <= 1:
            raise RequestError(
                f"The threshold {threshold:g} makes no sense; give one above 0 and up to 1."
            )
        if limits.shape is not None and limits.shape not in SHAPES:
            raise RequestError(
                f"There is no shape {limits.shape!r}; choose outline, right-angles or box."
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


def _watched(strips: Iterable[Strip], prediction: Prediction, context: Context) -> Iterator[Strip]:
    for strip in strips:
        context.check_cancelled()
        yield strip
        done = strip.top + strip.own.stop - strip.own.start
        context.progress(done, prediction.grid.height, f"Outlines of {prediction.path.name}")


def tell_crs(prediction: Prediction, crs: CRS, context: Context) -> None:
    """Tell the user where polygons will be reprojected."""
    own = prediction.grid.crs
    if own is not None and not own.equals(crs, ignore_axis_order=True):
        context.note(
            f"{prediction.path.name} is in {own.name}; its polygons are reprojected to {crs.name}."
        )


def in_crs(frame: gpd.GeoDataFrame, crs: CRS, prediction: Prediction) -> gpd.GeoDataFrame:
    """`frame` in `crs`; measures stay those of its own."""
    if frame.crs.equals(crs, ignore_axis_order=True):
        return frame.set_crs(crs, allow_override=True)
    try:
        moved = frame.to_crs(crs)
        if np.isinf(moved.total_bounds).any():
            raise ProjError("beyond the world of the CRS")
    except ProjError as error:
        raise RasterError(
            f"{prediction.path} is in {frame.crs.name}, which cannot be brought to {crs.name}; "
            "vectorise it by itself."
        ) from error
    polygons, origin = tidy(np.asarray(moved.geometry.values))
    return moved.iloc[origin].set_geometry(gpd.GeoSeries(polygons, index=moved.index[origin]))
