# SPDX-License-Identifier: GPL-3.0-or-later
"""How well found polygons fit true ones: pixel IoU, and objects matched at IoU of at least 0.5."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.io import DatasetReader
from rasterio.windows import Window

from weft.grid import Grid
from weft.labels.place import footprint, touching

STRIP_ROWS = 2048
SAME_OBJECT = 0.5

Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Tally:
    """Pixels and objects counted for one class; tallies of several images add up."""

    both: int = 0
    either: int = 0
    hits: int = 0
    objects_true: int = 0
    objects_found: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.both + other.both,
            self.either + other.either,
            self.hits + other.hits,
            self.objects_true + other.objects_true,
            self.objects_found + other.objects_found,
        )


@dataclass(frozen=True)
class ClassScore:
    """The figures of one class, rounded to four digits."""

    iou: float
    precision: float
    recall: float
    f1: float
    objects_true: int
    objects_found: int


def class_score(tally: Tally) -> ClassScore:
    """Ratios of a tally; 0 where there is nothing to divide by."""
    precision = tally.hits / max(1, tally.objects_found)
    recall = tally.hits / max(1, tally.objects_true)
    return ClassScore(
        iou=round(tally.both / max(1, tally.either), 4),
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(2 * precision * recall / max(1e-9, precision + recall), 4),
        objects_true=tally.objects_true,
        objects_found=tally.objects_found,
    )


def tally_image(
    dataset: DatasetReader,
    grid: Grid,
    found: gpd.GeoSeries,
    truth: gpd.GeoSeries,
    exclude: shapely.Geometry | None,
) -> Tally:
    """Count one class on one image, outside `exclude`; all geometries valid and in its CRS.

    An object belongs to the excluded part if a point inside of it does.
    """
    frame = footprint(grid)
    true_here, found_here = _on(truth, frame), _on(found, frame)
    both, either = _count_pixels(dataset, found_here, true_here, exclude)
    true_objects = _objects(true_here, frame, exclude)
    found_objects = _objects(found_here, frame, exclude)
    return Tally(
        both,
        either,
        match_count(found_objects, true_objects),
        len(true_objects),
        len(found_objects),
    )


def match_count(found: Geometries, truth: Geometries) -> int:
    """Number of one-to-one matches at IoU of at least 0.5, best first."""
    if not len(found) or not len(truth):
        return 0
    first, second = shapely.STRtree(truth).query(found)
    shared = shapely.area(shapely.intersection(found[first], truth[second]))
    union = shapely.area(found)[first] + shapely.area(truth)[second] - shared
    iou = np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    order = np.lexsort((second, first, iou))[::-1]
    used_found: set[int] = set()
    used_true: set[int] = set()
    for pair in order[iou[order] >= SAME_OBJECT]:
        one, other = int(first[pair]), int(second[pair])
        if one not in used_found and other not in used_true:
            used_found.add(one)
            used_true.add(other)
    return len(used_found)


def _on(series: gpd.GeoSeries, frame: shapely.Geometry) -> Geometries:
    return np.asarray(series.iloc[touching(series, frame)])


def _objects(
    geometries: Geometries, frame: shapely.Geometry, exclude: shapely.Geometry | None
) -> Geometries:
    """What of each geometry lies on the image and, judged by a point inside, is not excluded."""
    clipped: Geometries = np.asarray(shapely.intersection(geometries, frame))
    # what only touches the image belongs to the one beside it
    clipped = clipped[np.flatnonzero(shapely.area(clipped) > 0)]
    if exclude is None:
        return clipped
    excluded: NDArray[np.bool_] = shapely.intersects(shapely.point_on_surface(clipped), exclude)
    return clipped[~excluded]


def _count_pixels(
    dataset: DatasetReader,
    found: Geometries,
    truth: Geometries,
    exclude: shapely.Geometry | None,
) -> tuple[int, int]:
    """Pixels in both and in either, over valid pixels that are not excluded, strip by strip."""
    barred = np.array([] if exclude is None else [exclude], object)
    both = either = 0
    for top in range(0, dataset.height, STRIP_ROWS):
        window = Window(0, top, dataset.width, min(STRIP_ROWS, dataset.height - top))
        transform = dataset.transform @ Affine.translation(0, top)
        shape = (window.height, window.width)
        test = (dataset.dataset_mask(window=window) > 0) & ~_burn(barred, transform, shape)
        one, other = _burn(found, transform, shape), _burn(truth, transform, shape)
        both += int((one & other & test).sum())
        either += int(((one | other) & test).sum())
    return both, either


def _burn(geometries: Geometries, transform: Affine, shape: tuple[int, int]) -> NDArray[np.bool_]:
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    areal = geometries[np.isin(shapely.get_type_id(geometries), kinds)]
    if not len(areal):
        return np.zeros(shape, bool)
    burnt = rasterize(areal, out_shape=shape, transform=transform, dtype="uint8")
    return np.asarray(burnt) > 0
