# SPDX-License-Identifier: GPL-3.0-or-later
"""Areas and perimeters mean what their field names say."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from weft.errors import RasterError
from weft.polygons.measure import area_m2, needs_geodesic, perimeter_m

HOUSE = shapely.box(500_000, 6_650_000, 500_020, 6_650_010)  # on the meridian of UTM 33, 60 north
YARD = shapely.Polygon(
    HOUSE.exterior, [shapely.box(500_005, 6_650_002, 500_010, 6_650_004).exterior]
)


def in_crs(polygon: shapely.Polygon, crs: CRS) -> np.ndarray:
    move = Transformer.from_crs(32633, crs, always_xy=True).transform
    return np.array([shapely.transform(polygon, move, interleaved=False)])


@pytest.mark.parametrize(
    "code",
    ["32633", "4326", "4258", "4807", "3857", "3857+5773", "3395", "4087", "3413", "25833", "3067"],
)
def test_metres_on_the_ground_in_every_crs(code: str) -> None:
    crs = CRS.from_user_input(f"EPSG:{code}")
    polygons = np.concatenate([in_crs(HOUSE, crs), in_crs(YARD, crs)])
    # UTM is 0.04 % short on its meridian, and longer beyond its zone, where 3067 reaches
    assert area_m2(polygons, crs) == pytest.approx([200, 190], rel=0.012)
    assert perimeter_m(polygons, crs) == pytest.approx([60, 74], rel=0.006)


def test_geodesic_figures_equal_those_of_pyproj() -> None:
    polygon = in_crs(YARD, CRS.from_epsg(4326))
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(polygon[0]))
    assert area_m2(polygon, CRS.from_epsg(4326))[0] == pytest.approx(area, rel=1e-9)


def test_feet_become_metres() -> None:
    feet = CRS.from_epsg(2263)
    square = np.array([shapely.box(1_000_000, 200_000, 1_000_100, 200_100)])
    assert area_m2(square, feet)[0] == pytest.approx(30.48**2, rel=1e-5)
    assert perimeter_m(square, feet)[0] == pytest.approx(4 * 30.48, rel=1e-5)


@pytest.mark.parametrize(
    ("code", "expected"), [(4326, True), (3857, True), (32633, False), (2056, False)]
)
def test_where_planar_metres_are_trusted(code: int, expected: bool) -> None:
    assert needs_geodesic(CRS.from_epsg(code)) is expected
    assert needs_geodesic(CRS.from_wkt(CRS.from_epsg(code).to_wkt("WKT1_GDAL"))) is expected


def test_a_shift_to_another_datum_does_not_hide_mercator() -> None:
    assert needs_geodesic(CRS.from_proj4("+proj=merc +ellps=bessel +towgs84=598,73,418 +type=crs"))


def test_no_crs_is_told() -> None:
    with pytest.raises(RasterError, match="no CRS, so areas in m² cannot be computed"):
        area_m2(np.array([HOUSE]), None)


def test_nothing_to_measure() -> None:
    for crs in (CRS.from_epsg(4326), CRS.from_epsg(32633)):
        assert len(area_m2(np.empty(0, object), crs)) == 0
