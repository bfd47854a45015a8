# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing labels and areas to the CRS of a raster, and keeping what lies on it."""

from dataclasses import replace
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from weft.errors import LabelError
from weft.grid import Grid
from weft.labels.read import Labels

Frame = TypeVar("Frame", gpd.GeoDataFrame, gpd.GeoSeries)


def outline(transform: Affine, shape: tuple[int, int]) -> shapely.Polygon:
    """The four corners, in CRS coordinates, of a raster of `shape` (height, width) pixels."""
    height, width = shape
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    return shapely.Polygon([transform @ corner for corner in corners])


def footprint(grid: Grid) -> shapely.Polygon:
    """The outline of a whole raster in its own CRS."""
    return outline(grid.transform, (grid.height, grid.width))


def to_plane(frame: Frame, crs: CRS | None) -> Frame:
    """`frame` in `crs`, empty geometries for what that cannot show; the same where it is there.

    Raises `LabelError` where exactly one of both has a CRS, or no transformation is known.
    """
    if frame.crs is None and crs is None:
        return frame
    if frame.crs is None or crs is None:
        lacking, other = ("labels", "image") if frame.crs is None else ("image", "labels")
        raise LabelError(
            f"There is no CRS for the {lacking}, but there is one for the {other}; write the right "
            f"CRS into the file of the {lacking}, in QGIS by 'Assign projection'."
        )
    if frame.crs.equals(crs, ignore_axis_order=True):
        return frame
    try:
        placed = frame.geometry.to_crs(crs)
    except ProjError as error:
        raise LabelError(
            f"The labels' CRS ({frame.crs.name}) cannot be brought to the image's ({crs.name}); "
            "reproject the labels in QGIS and save them."
        ) from error
    # a single infinite corner breaks every union and intersection
    shown = np.isfinite(placed.bounds).all(axis=1)
    placed = placed.where(shown, shapely.Polygon())
    return placed if isinstance(frame, gpd.GeoSeries) else frame.set_geometry(placed)


def place_labels(labels: Labels, grid: Grid) -> Labels:
    """The labels that touch the raster, in its CRS; classes and counts stay those of the file."""
    frame = to_plane(labels.frame, grid.crs)
    return replace(labels, frame=frame.iloc[touching(frame, footprint(grid))])


def place_areas(areas: gpd.GeoSeries, grid: Grid) -> gpd.GeoSeries:
    """The areas that touch the raster, in its CRS."""
    placed = to_plane(areas, grid.crs)
    return placed.iloc[touching(placed, footprint(grid))]


def touching(frame: gpd.GeoDataFrame | gpd.GeoSeries, place: shapely.Geometry) -> NDArray[np.intp]:
    """Positions of the geometries that intersect `place`, in the order of `frame`."""
    return np.sort(frame.sindex.query(place, predicate="intersects"))
