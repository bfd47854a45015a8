# SPDX-License-Identifier: GPL-3.0-or-later
"""Oriented boxes, as ships are described by: length, width and heading."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from weft.grid import is_earthbound, metres_per_unit
from weft.polygons.measure import lonlat
from weft.polygons.trace import Polygons

Numbers = NDArray[np.float64]


def boxed(polygons: Polygons, wanted: NDArray[np.bool_], pixel: tuple[float, float]) -> Polygons:
    """The smallest rectangle around each of the `wanted` (N,) of the polygons, the others as is.

    `polygons` (N,) are in pixels, whose width and height are given in any unit.
    """
    if not wanted.any():
        return polygons
    scale = np.array(pixel)
    found = shapely.oriented_envelope(
        shapely.transform(polygons[wanted], lambda points: points * scale)
    )
    result = polygons.copy()
    result[wanted] = shapely.transform(found, lambda points: points / scale)
    return result


def axes(boxes: Polygons, crs: CRS | None) -> tuple[Numbers, Numbers, Numbers]:
    """Lengths and widths in metres, and where the long axis points, 0 to 180 degrees from north.

    Geodesic where `crs` belongs to the earth, else planar.
    """
    corners = shapely.get_coordinates(boxes).reshape(-1, 5, 2)[:, :4]
    ahead = _between(corners[:, [3, 0]].mean(1), corners[:, [1, 2]].mean(1), crs)
    aside = _between(corners[:, [0, 1]].mean(1), corners[:, [2, 3]].mean(1), crs)
    longer = ahead[0] >= aside[0]
    heading = np.where(longer, ahead[1], aside[1]) % 180
    return np.maximum(ahead[0], aside[0]), np.minimum(ahead[0], aside[0]), heading


def _between(start: Numbers, end: Numbers, crs: CRS | None) -> tuple[Numbers, Numbers]:
    """Metres (N,) and degrees (N,) from north, from points (N, 2) to points."""
    if crs is None or not is_earthbound(crs):
        east, north = (end - start).T
        metres = np.hypot(east, north) * (metres_per_unit(crs) if crs else 1.0)
        return metres, np.degrees(np.arctan2(east, north))
    geod = crs.get_geod()
    assert geod is not None
    azimuth, _, metres = geod.inv(*lonlat(start, crs), *lonlat(end, crs))
    return np.asarray(metres), np.asarray(azimuth)
