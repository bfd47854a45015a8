# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stay a polygon: large and sure enough, without pinholes, valid and polygonal."""

from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from weft.grid import Grid
from weft.labels.read import BACKGROUND, Labels
from weft.polygons.measure import area_m2, ground_area_m2
from weft.polygons.trace import Polygons

SPECK = 0.25  # of a small object: what is smaller than that is noise unless the user says otherwise
SURE = 0.4  # of the way from the threshold to 1: what is less sure is mostly no object

Limits = NDArray[np.float64] | float
"""A limit, for each polygon or for all."""
Limit = TypeVar("Limit", float, NDArray[np.float64])


def small_object(labels: Labels) -> float | None:
    """The tenth percentile of the areas of labelled objects in m²; None without polygons or CRS."""
    sizes = object_sizes(labels)
    return round(float(np.percentile(sizes, 10)), 3) if len(sizes) else None


def object_sizes(labels: Labels) -> NDArray[np.float64]:
    """The areas of labelled objects (N,) in m²; none without polygons or CRS."""
    frame = labels.frame
    polygons = np.asarray(frame.geometry[frame["class"] != BACKGROUND].values)
    polygons = polygons[shapely.area(polygons) > 0]
    if frame.crs is None or not len(polygons):
        return np.empty(0)
    sizes = area_m2(polygons, frame.crs)
    # degrees beyond the poles, as of a label drawn in metres, enclose nothing
    return sizes[np.isfinite(sizes)]


def large_enough(polygons: Polygons, grid: Grid, min_area_m2: Limits) -> NDArray[np.bool_]:
    """Which polygons, in the pixel coordinates of `grid`, cover at least `min_area_m2`."""
    if not np.any(np.asarray(min_area_m2) > 0):
        return np.ones(len(polygons), bool)
    return ground_area_m2(polygons, grid) >= min_area_m2


def least_confidence(threshold: Limit) -> Limit:
    """The mean probability below which objects of pixels above `threshold` are mostly false."""
    return threshold + SURE * (1 - threshold)


def sure_enough(confidence: NDArray[np.float64], least: Limits) -> NDArray[np.bool_]:
    """Which objects have at least the confidence `least`, or one that is unknown (NaN)."""
    return ~(confidence < least)


def fill_holes(
    polygons: Polygons, grid: Grid, min_hole_m2: Limits, islands: Polygons | None = None
) -> Polygons:
    """Close holes smaller than `min_hole_m2`, except around another of the `polygons` or `islands`.

    All are in the pixel coordinates of `grid`.
    """
    if not np.any(np.asarray(min_hole_m2) > 0):
        return polygons
    rings, owner = shapely.get_rings(polygons, return_index=True)
    inner = np.flatnonzero(np.diff(owner, prepend=-1) == 0)
    holes = shapely.polygons(rings[inner])
    least = np.broadcast_to(min_hole_m2, len(polygons))[owner[inner]]
    small = np.flatnonzero(ground_area_m2(holes, grid) < least)
    # filling a hole that holds a polygon of another class would make both overlap
    others = polygons if islands is None else np.concatenate([polygons, islands])
    occupied, _ = shapely.STRtree(others).query(holes[small], predicate="contains")
    closed = np.delete(small, np.unique(occupied))
    stays = np.ones(len(rings), bool)
    stays[inner[closed]] = False
    return np.asarray(shapely.polygons(rings[stays], indices=owner[stays]))


def without(polygons: Polygons, placed: Polygons) -> Polygons:
    """`polygons` without what of them lies on one that is `placed` already; there may be parts."""
    one, other = shapely.STRtree(placed).query(polygons, predicate="intersects")
    result = polygons.copy()
    for place in np.unique(one):
        over = shapely.union_all(placed[other[one == place]])
        result[place] = shapely.difference(polygons[place], over)
    return result


def tidy(polygons: Polygons) -> tuple[Polygons, NDArray[np.int64]]:
    """Valid, non-empty single polygons, and for each the position of the one it came from."""
    mended = polygons.copy()
    broken = ~shapely.is_valid(mended)
    mended[broken] = shapely.make_valid(mended[broken], method="structure", keep_collapsed=False)
    parts, origin = shapely.get_parts(mended, return_index=True)
    stays = (shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)
    return parts[stays], origin[stays]
