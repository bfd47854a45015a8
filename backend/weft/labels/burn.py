# SPDX-License-Identifier: GPL-3.0-or-later
"""Burning labels and areas onto a raster's grid: what each pixel is known to be."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.features import rasterize

from weft.errors import LabelError
from weft.grid import to_pixels
from weft.labels.place import outline, to_plane, touching
from weft.labels.read import BACKGROUND, Labels

UNKNOWN = 255

Mask = NDArray[np.uint8]
Geometries = NDArray[np.object_]


def burn_mask(
    labels: Labels,
    areas: gpd.GeoSeries | None,
    grid_crs: CRS | None,
    transform: Affine,
    shape: tuple[int, int],
    classes: Sequence[str],
) -> Mask:
    """What is known of each pixel: 0 background, 1..K `classes`, 255 unknown; shape (h, w).

    Inside an area everything unlabelled is background and outside it nothing is known, not even
    where a label reaches beyond it; a label that touches no area counts by itself. Without areas
    only labelled pixels are known. Overlapping labels: the later in the file wins.
    """
    names, geometries = labels_near(labels, grid_crs, transform, shape)
    values = _values(names, classes)
    mask = np.full(shape, UNKNOWN, np.uint8)
    if areas is None:
        return _paint(mask, geometries, values, transform)
    plane = to_plane(areas, grid_crs)
    near = np.asarray(plane.iloc[touching(plane, surroundings(transform, shape))])
    mask = _paint(mask, near, np.zeros(len(near), np.uint8), transform)
    known = mask == 0
    lone = _lone(geometries, plane)
    labelled = _paint(mask.copy(), geometries[~lone], values[~lone], transform)
    mask[known] = labelled[known]
    return _paint(mask, geometries[lone], values[lone], transform)


def labels_near(
    labels: Labels, grid_crs: CRS | None, transform: Affine, shape: tuple[int, int]
) -> tuple[Sequence[str], Geometries]:
    """Classes and geometries, in the grid's CRS and none thinner than a pixel, of labels there."""
    frame = to_plane(labels.frame, grid_crs)
    frame = frame.iloc[touching(frame, surroundings(transform, shape))]
    return frame["class"], thicken(np.asarray(frame.geometry.values), pixel_size(transform))


def surroundings(transform: Affine, shape: tuple[int, int]) -> shapely.Polygon:
    """The ground of a grid and a pixel around it, in CRS coordinates."""
    return outline(transform, shape).buffer(pixel_size(transform))


def count_overlaps(labels: Labels, transform: Affine) -> int:
    """Pairs of labels that share more than a pixel; `labels` are in the CRS of `transform`."""
    geometries = thicken(np.asarray(labels.frame.geometry.values), pixel_size(transform))
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    once = first < second
    shared = shapely.area(shapely.intersection(geometries[first[once]], geometries[second[once]]))
    return int((shared > abs(transform.determinant) * (1 + 1e-6)).sum())


def pixel_size(transform: Affine) -> float:
    """The longer side of a pixel in CRS units, also on rotated grids."""
    return max(float(np.hypot(transform.a, transform.d)), float(np.hypot(transform.b, transform.e)))


def thicken(geometries: Geometries, pixel: float) -> Geometries:
    """Lines and points buffered by one pixel, so that each covers at least one pixel centre."""
    thin = shapely.get_dimensions(geometries) < 2
    return np.where(thin, shapely.buffer(geometries, np.where(thin, pixel, 0.0)), geometries)


def _values(names: Sequence[str], classes: Sequence[str]) -> Mask:
    known = {BACKGROUND: 0} | {name: index for index, name in enumerate(classes, start=1)}
    strange = sorted(set(names) - set(known))
    if strange:
        raise LabelError(
            f"The labels have the class '{strange[0]}', which is not among {', '.join(classes)}; "
            "name the classes alike."
        )
    return np.array([known[name] for name in names], np.uint8)


def _lone(geometries: Geometries, areas: gpd.GeoSeries) -> NDArray[np.bool_]:
    touched, _ = areas.sindex.query(geometries, predicate="intersects")
    lone = np.ones(len(geometries), bool)
    lone[touched] = False
    return lone


def _paint(mask: Mask, geometries: Geometries, values: Mask, transform: Affine) -> Mask:
    """Burn `values` over `mask` where pixel centres lie inside; later geometries win."""
    if not len(geometries):
        return mask
    # burning in pixel coordinates is exact for every affine, rotated and south-up ones included
    shapes = zip(to_pixels(geometries, transform), values.tolist(), strict=True)
    return np.asarray(rasterize(shapes, out=mask))
