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
        near = shapely.intersection(self.inside, _box(window))
        if near.is_empty or not near.area:
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
    return Part(Window(0, 0, grid.width, grid.height))


def place_extent(extent: Extent, grid: Grid) -> Part | None:
    """The part of an image that `extent` covers; None when they do not meet.

    RequestError for an extent that is no polygon, or cannot be brought to the image's CRS.
    """
    ground = _bring(_read(extent), extent.crs, grid.crs)
    pixels = shapely.make_valid(to_pixels(np.array([ground]), grid.transform)[0])
    pixels = shapely.intersection(pixels, shapely.box(0, 0, grid.width, grid.height))
    if pixels.is_empty or not pixels.area:
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
    left, bottom, right, top = polygons.bounds
    return shapely.segmentize(polygons, max(right - left, top - bottom) / DENSE)


def _bring(ground: shapely.Geometry, crs: str | None, wanted: CRS | None) -> shapely.Geometry:
    if crs is None:
        return ground
    if wanted is None:
        raise RequestError(
            "The image has no CRS, but the extent has one; give the extent in the coordinates of "
            "the image, without a CRS."
        )
    try:
        there = Transformer.from_crs(CRS.from_user_input(crs), wanted, always_xy=True)
        return shapely.transform(ground, lambda xy: np.column_stack(there.transform(*xy.T)))
    except ProjError as reason:
        raise RequestError(
            f"The extent's CRS ({crs[:40]}) is unknown, or cannot be brought to the image's "
            f"({wanted.name}); give the extent in another CRS."
        ) from reason


def _box(window: Window) -> shapely.Polygon:
    return shapely.box(
        window.column, window.row, window.column + window.width, window.row + window.height
    )


def _centres(window: Window) -> shapely.Polygon:
    """The rectangle through the centres of the outermost pixels."""
    return shapely.buffer(_box(window), -0.49, join_style="mitre")
