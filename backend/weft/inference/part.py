# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of an image is predicted: all of it, a window, or what lies inside polygons."""

from dataclasses import dataclass

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from rasterio.features import rasterize

from weft.errors import RequestError
from weft.grid import Grid, Window, to_pixels

DENSE = 64  # a straight side may be a curve in another CRS; so many points a side show it
MARGIN = 0.01  # of the image's side: a straight edge of the image may be a curve, too


@dataclass(frozen=True)
class Extent:
    """Ground that is asked for: polygons as WKT, in `crs`, itself WKT or a code.

    With `crs` None they are in the images' own coordinates.
    """

    wkt: str
    crs: str | None = None


@dataclass(frozen=True)
class Part:
    """A window of an image and, where not all of it is wanted, polygons in the image's pixels."""

    window: Window
    inside: shapely.Geometry | None = None

    def mask(self, window: Window) -> NDArray[np.bool_] | None:
        """Which pixels (h, w) of `window` have their centre inside; None when all have."""
        if self.inside is None:
            return None
        shape = (window.height, window.width)
        near = _common(self.inside, _box(window))
        if near.is_empty:
            return np.zeros(shape, np.bool_)
        corner = Affine.translation(window.column, window.row)
        burnt = rasterize([(near, 1)], shape, transform=corner, dtype="uint8")
        return np.asarray(burnt, np.bool_)

    def grid(self, whole: Grid) -> Grid:
        """The grid of the window."""
        window = self.window
        return Grid(whole.crs, whole.window_transform(window), window.width, window.height)


def whole_image(grid: Grid) -> Part:
    """All of an image."""
    return Part(grid.window)


def place_extent(extent: Extent, grid: Grid) -> Part | None:
    """The part of an image that `extent` covers; None when they do not meet.

    RequestError for an extent that is no polygon, or cannot be brought to the image's CRS.
    """
    polygons = _read(extent)
    ground = polygons if extent.crs is None else _bring(polygons, extent.crs, grid)
    pixels = shapely.make_valid(to_pixels(np.array([ground]), grid.transform)[0])
    pixels = _common(pixels, _box(grid.window))
    if pixels.is_empty:
        return None
    left, top = np.floor(pixels.bounds[:2]).astype(int).tolist()
    right, bottom = np.ceil(pixels.bounds[2:]).astype(int).tolist()
    window = Window(left, top, right - left, bottom - top)
    return Part(window, None if shapely.covers(pixels, _centres(window)) else pixels)


def _read(extent: Extent) -> shapely.Geometry:
    try:
        polygons = shapely.make_valid(shapely.from_wkt(extent.wkt))
    except shapely.GEOSException as reason:
        raise RequestError("The extent is no geometry in WKT; give a polygon.") from reason
    if polygons is None or not polygons.area:
        raise RequestError("The extent has no area; give a polygon.")
    return _dense(polygons)


def _bring(ground: shapely.Geometry, crs: str, grid: Grid) -> shapely.Geometry:
    """What of `ground` is near the image of `grid`, in its CRS."""
    if grid.crs is None:
        raise RequestError(
            "The image has no CRS, but the extent has one; give the extent in the coordinates of "
            "the image, without a CRS."
        )
    try:
        given = CRS.from_user_input(crs)
        there = Transformer.from_crs(given, grid.crs, always_xy=True)
        back = Transformer.from_crs(grid.crs, given, always_xy=True)
        moved = _moved(_near(ground, grid, back), there)
    except ProjError as reason:
        raise RequestError(
            f"The extent's CRS ({crs[:40]}) is unknown, or cannot be brought to the image's "
            f"({grid.crs.name}); give the extent in another CRS."
        ) from reason
    if moved is None:
        raise RequestError(
            f"The extent reaches farther than coordinates of the image's CRS ({grid.crs.name}); "
            "zoom in, or give a smaller extent."
        )
    return moved


def _moved(ground: shapely.Geometry, there: Transformer) -> shapely.Geometry | None:
    """`ground` in the other CRS; None where that has no coordinates for some of it."""
    points = np.column_stack(there.transform(*shapely.get_coordinates(ground).T))
    if not np.isfinite(points).all():
        return None
    return shapely.set_coordinates(ground, points)


def _near(ground: shapely.Geometry, grid: Grid, back: Transformer) -> shapely.Geometry:
    """What of `ground` lies on the image or a little beside it; all, if that cannot be told.

    Far from where it is meant for, a projection has no coordinates, or those of other places.
    """
    margin = MARGIN * max(grid.width, grid.height)
    around = _dense(shapely.buffer(_box(grid.window), margin, join_style="mitre"))
    corners = [grid.transform @ point for point in shapely.get_coordinates(around)]
    moved = _moved(shapely.set_coordinates(around, np.array(corners)), back)
    if moved is None or _is_torn(moved):
        return ground
    return _dense(_common(ground, shapely.make_valid(moved)))


def _is_torn(outline: shapely.Polygon) -> bool:
    """Whether an outline of many short sides has a long one: a CRS ends there, as at 180°."""
    corners = shapely.get_coordinates(outline)
    return np.abs(np.diff(corners, axis=0)).max() > _reach(outline) / 4


def _dense(polygons: shapely.Geometry) -> shapely.Geometry:
    """The same with DENSE points a side; nothing stays nothing."""
    return shapely.segmentize(polygons, _reach(polygons) / DENSE or 1.0)


def _reach(polygons: shapely.Geometry) -> float:
    """The longer side of the bounds; 0 of nothing."""
    left, bottom, right, top = polygons.bounds
    return 0.0 if polygons.is_empty else max(right - left, top - bottom)


def _common(one: shapely.Geometry, other: shapely.Geometry) -> shapely.Geometry:
    """The ground that both have, without lines and points where they only touch."""
    parts = shapely.get_parts(shapely.intersection(one, other))
    return shapely.union_all(parts[shapely.area(parts) > 0])


def _box(window: Window) -> shapely.Polygon:
    return shapely.box(
        window.column, window.row, window.column + window.width, window.row + window.height
    )


def _centres(window: Window) -> shapely.Polygon:
    """The rectangle through the centres of the outermost pixels."""
    return shapely.buffer(_box(window), -0.49, join_style="mitre")
