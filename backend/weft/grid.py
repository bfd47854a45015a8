# SPDX-License-Identifier: GPL-3.0-or-later
"""A raster's grid (CRS, full six-term affine, size), windows on it, and lengths on the ground."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import ProjError

WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Window:
    """A rectangle of whole pixels; `column` and `row`, its upper left, may be negative."""

    column: int
    row: int
    width: int
    height: int


@dataclass(frozen=True)
class Grid:
    """Where a raster's pixels lie: `transform` maps (column, row) of corners to CRS coordinates."""

    crs: CRS | None
    transform: Affine
    width: int
    height: int

    @property
    def window(self) -> Window:
        """All of the raster."""
        return Window(0, 0, self.width, self.height)

    def window_transform(self, window: Window, shape: tuple[int, int] | None = None) -> Affine:
        """The affine of `window` when it is read into `shape` (height, width) pixels."""
        origin = self.transform @ Affine.translation(window.column, window.row)
        if shape is None:
            return origin
        return origin @ Affine.scale(window.width / shape[1], window.height / shape[0])

    def gsd_m(self) -> float | None:
        """Ground sampling distance at the centre in metres, geodesic; None as of `pixel_m`."""
        sides = self.pixel_m()
        gsd = math.sqrt(sides[0] * sides[1]) if sides else 0.0
        return gsd if math.isfinite(gsd) and gsd > 0 else None

    def pixel_m(self) -> tuple[float, float] | None:
        """Width and height of the pixel at the centre in metres, geodesic.

        None without a CRS, or outside the world of its CRS.
        """
        try:
            return None if self.crs is None else self._sides(self.crs)
        except ProjError:
            return None

    def _sides(self, crs: CRS) -> tuple[float, float]:
        column, row = self.width / 2, self.height / 2
        corners = [(column, row), (column + 1, row), (column, row + 1)]
        points = [self.transform @ corner for corner in corners]
        if is_earthbound(crs):
            to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True)
            (x0, y0), (x1, y1), (x2, y2) = (to_lonlat.transform(*point) for point in points)
            along = WGS84.inv(x0, y0, x1, y1)[2]
            across = WGS84.inv(x0, y0, x2, y2)[2]
        else:
            (x0, y0), (x1, y1), (x2, y2) = points
            along = math.hypot(x1 - x0, y1 - y0) * metres_per_unit(crs)
            across = math.hypot(x2 - x0, y2 - y0) * metres_per_unit(crs)
        return along, across


def is_earthbound(crs: CRS) -> bool:
    """Whether coordinates of `crs` can be turned into longitude and latitude."""
    return crs.is_geographic or crs.is_projected


def metres_per_unit(crs: CRS) -> float:
    """Metres per unit of the first axis (1 for metres, 0.3048 for feet)."""
    return crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0


def to_pixels(geometries: NDArray[np.object_], transform: Affine) -> NDArray[np.object_]:
    """Geometries in (column, row) coordinates of the grid of `transform`."""
    inverse = ~transform
    matrix = np.array([[inverse.a, inverse.b], [inverse.d, inverse.e]])
    offset = np.array([inverse.c, inverse.f])
    return np.asarray(shapely.transform(geometries, lambda points: points @ matrix.T + offset))
