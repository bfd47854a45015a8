# SPDX-License-Identifier: GPL-3.0-or-later
"""Areas and perimeters on the ground, in metres whatever the CRS."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from weft.errors import RasterError
from weft.grid import Grid, metres_per_unit
from weft.polygons.trace import Polygons, to_ground

Metres = NDArray[np.float64]
Degrees = NDArray[np.float64]

FAR_FROM_GROUND = (
    "Mercator",
    "Popular Visualisation Pseudo Mercator",
    "Equidistant Cylindrical",
    "Polar Stereographic",
)


def area_m2(polygons: Polygons, crs: CRS | None) -> Metres:
    """Area of each polygon without its holes, in square metres."""
    return measure(polygons, crs)[0]


def perimeter_m(polygons: Polygons, crs: CRS | None) -> Metres:
    """Length of all rings of each polygon, holes included, in metres."""
    return measure(polygons, crs)[1]


def measure(polygons: Polygons, crs: CRS | None) -> tuple[Metres, Metres]:
    """Areas in m² and perimeters in m.

    Geodesic where the units of the CRS are not metres on the ground (degrees, projections of whole
    continents), planar elsewhere. Raises `RasterError` without a CRS.
    """
    if crs is None:
        raise RasterError(
            "The raster has no CRS, so areas in m² cannot be computed; assign one with 'Assign "
            "projection' in QGIS."
        )
    if needs_geodesic(crs):
        return _geodesic(polygons, crs)
    metres = metres_per_unit(crs)
    return shapely.area(polygons) * metres**2, shapely.length(polygons) * metres


def ground_area_m2(polygons: Polygons, grid: Grid) -> Metres:
    """Area in m² of polygons that are still in the pixel coordinates of `grid`."""
    return area_m2(to_ground(polygons, grid.transform), grid.crs)


def needs_geodesic(crs: CRS) -> bool:
    """Whether planar lengths in `crs` are far from lengths on the ground."""
    if crs.is_bound:
        return crs.source_crs is not None and needs_geodesic(crs.source_crs)
    if crs.is_compound:
        return needs_geodesic(crs.sub_crs_list[0])
    if crs.is_geographic:
        return True
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    return method.startswith(FAR_FROM_GROUND)


def lonlat(points: NDArray[np.float64], crs: CRS) -> tuple[Degrees, Degrees]:
    """Longitudes and latitudes (N,) of points (N, 2), on the datum of `crs`."""
    base = crs.geodetic_crs
    assert base is not None
    # old French maps count in grads
    unit = np.degrees(base.axis_info[0].unit_conversion_factor)
    longitude, latitude = Transformer.from_crs(crs, base, always_xy=True).transform(*points.T)
    return longitude * unit, latitude * unit


def _geodesic(polygons: Polygons, crs: CRS) -> tuple[Metres, Metres]:
    geod = crs.get_geod()
    assert geod is not None
    points, ring_of_point = shapely.get_coordinates(
        rings := shapely.get_rings(polygons), return_index=True
    )
    longitude, latitude = lonlat(points, crs)
    ends = np.searchsorted(ring_of_point, np.arange(len(rings) + 1))
    # the last point of a ring repeats its first, which geographiclib closes by itself
    measured = [
        geod.polygon_area_perimeter(longitude[start:last], latitude[start:last])
        for start, last in zip(ends[:-1], ends[1:] - 1, strict=True)
    ]
    areas, lengths = np.abs(np.array(measured).reshape(-1, 2)).T
    polygon_of_ring, is_shell = _owners(polygons)
    return (
        _sum_up(np.where(is_shell, areas, -areas), polygon_of_ring, len(polygons)),
        _sum_up(lengths, polygon_of_ring, len(polygons)),
    )


def _sum_up(parts: Metres, owner: NDArray[np.int64], count: int) -> Metres:
    return np.bincount(owner, parts, count).astype(np.float64)


def _owners(polygons: Polygons) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each ring of `shapely.get_rings`: its polygon, and whether it is the outer one."""
    rings_each = shapely.get_num_interior_rings(polygons) + 1
    is_shell = np.zeros(int(rings_each.sum()), bool)
    is_shell[np.cumsum(rings_each) - rings_each] = True
    return np.repeat(np.arange(len(polygons)), rings_each), is_shell
