# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of an image, by a polygon in any CRS, lands on the image's own grid."""

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS, Transformer
from small_networks import FunctionEngine, first_band, place_of, write_image

from weft.errors import RequestError
from weft.grid import Grid, Window
from weft.inference.part import Extent, Part, place_extent, whole_image
from weft.inference.pipeline import predict_blocks
from weft.inference.plan import plan_tiles
from weft.raster.inspect import inspect
from weft.raster.stretch import Stretch

UTM = CRS.from_epsg(32633)
GRID = Grid(UTM, Affine(0.5, 0, 500_000, 0, -0.5, 4_000_000), 200, 100)


def extent(
    left: float, top: float, right: float, bottom: float, crs: str | None = "EPSG:32633"
) -> Extent:
    """A box of GRID's pixels."""
    (x0, y0), (x1, y1) = GRID.transform @ (left, top), GRID.transform @ (right, bottom)
    return Extent(shapely.box(x0, y1, x1, y0).wkt, crs)


def test_a_box_of_whole_pixels_is_a_window_without_a_mask() -> None:
    part = place_extent(extent(20, 10, 60, 50), GRID)
    assert part is not None
    assert (part.window, part.inside) == (Window(20, 10, 40, 40), None)
    assert part.grid(GRID).transform == GRID.transform @ Affine.translation(20, 10)


def test_what_reaches_beyond_the_image_is_cut() -> None:
    part = place_extent(extent(-50, -50, 30, 30), GRID)
    assert part is not None
    assert part.window == Window(0, 0, 30, 30)


def test_a_place_beside_the_image_is_none() -> None:
    assert place_extent(extent(300, 10, 400, 50), GRID) is None


def test_a_polygon_masks_the_window() -> None:
    (x0, y0), (x1, y1) = GRID.transform @ (0, 0), GRID.transform @ (40, 40)
    triangle = shapely.Polygon([(x0, y0), (x1, y0), (x0, y1)])
    part = place_extent(Extent(triangle.wkt, "EPSG:32633"), GRID)
    assert part is not None
    mask = part.mask(part.window)
    assert mask is not None
    assert mask[5, 5]
    assert not mask[35, 35]
    assert mask.mean() == pytest.approx(0.5, abs=0.03)


def test_other_coordinates_and_none_at_all_mean_the_same_place() -> None:
    to_degrees = Transformer.from_crs(UTM, 4326, always_xy=True)
    box = shapely.from_wkt(extent(20, 10, 60, 50).wkt)
    corners = [to_degrees.transform(*point) for point in box.exterior.coords]
    for other in (Extent(shapely.Polygon(corners).wkt, "EPSG:4326"), extent(20, 10, 60, 50, None)):
        part = place_extent(other, GRID)
        assert part is not None
        assert abs(part.window.column - 20) <= 1
        assert abs(part.window.width - 40) <= 2


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (Extent("POLY", None), "no geometry"),
        (Extent("POINT (1 1)", None), "no area"),
        (Extent("POLYGON ((0 0, 1 0, 1 1, 0 0))", "EPSG:0"), "CRS"),
    ],
)
def test_what_is_no_extent_is_a_sentence(bad: Extent, word: str) -> None:
    with pytest.raises(RequestError, match=word):
        place_extent(bad, GRID)


def test_an_image_without_crs_takes_extents_without_crs() -> None:
    bare = Grid(None, GRID.transform, GRID.width, GRID.height)
    assert place_extent(extent(0, 0, 10, 10, None), bare) is not None
    with pytest.raises(RequestError, match="has no CRS"):
        place_extent(extent(0, 0, 10, 10), bare)


def test_a_part_is_predicted_as_it_is_within_the_whole(tmp_path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 100, 200), dtype=np.uint8)
    path = write_image(tmp_path / "image.tif", pixels)
    info = inspect(path)
    part = place_extent(extent(33, 21, 120, 77), info.grid)
    assert part is not None
    found = {}
    for name, each in (("part", part), ("whole", whole_image(info.grid))):
        plan = plan_tiles(each, 1.0, 32, 8)
        blocks = predict_blocks(
            path, (1,), Stretch((0.0,), (255.0,)), FunctionEngine(first_band), plan, 1, print
        )
        found[name] = np.empty((each.window.height, each.window.width))
        for block in blocks:
            found[name][place_of(block)] = block.probabilities[0]
    assert found["part"] == pytest.approx(found["whole"][21:77, 33:120], abs=1e-6)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_beside_a_polygon_nothing_is_predicted(tmp_path, scale: float) -> None:
    path = write_image(tmp_path / "image.tif", np.full((1, 100, 200), 90, np.uint8))
    corners = [GRID.transform @ corner for corner in ((10, 10), (150, 10), (10, 90))]
    part = place_extent(Extent(shapely.Polygon(corners).wkt, "EPSG:32633"), GRID)
    assert part is not None
    plan, stretch = plan_tiles(part, scale, 32, 8), Stretch((0.0,), (255.0,))
    blocks = predict_blocks(path, (1,), stretch, FunctionEngine(first_band), plan, 1, print)
    found = np.zeros((part.window.height, part.window.width), bool)
    for block in blocks:
        found[place_of(block)] = block.valid
    assert np.array_equal(found, part.mask(part.window))


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:3857", (-8_330_000, -5_690_000, 11_670_000, 14_310_000)),
        ("EPSG:3857", (-20_037_508, -20_037_508, 20_037_508, 20_037_508)),
        ("EPSG:32631", (-9_000_000, -6_000_000, 11_000_000, 14_000_000)),
        ("EPSG:4326", (-180, -90, 180, 90)),
        ("EPSG:4326", (-250, -120, 250, 120)),
    ],
)
def test_a_map_of_half_the_world_shows_all_of_the_image(
    crs: str, box: tuple[float, float, float, float]
) -> None:
    part = place_extent(Extent(shapely.box(*box).wkt, crs), GRID)
    assert part == whole_image(GRID)


def test_a_map_of_half_the_world_shows_half_of_the_image() -> None:
    x, y = GRID.transform @ (100.5, 50)
    east, _ = Transformer.from_crs(UTM, 4326, always_xy=True).transform(x, y)
    part = place_extent(Extent(shapely.box(-180, -80, east, 80).wkt, "EPSG:4326"), GRID)
    assert part is not None
    assert part.window == Window(0, 0, 101, 100)


def test_a_map_of_the_other_half_shows_nothing_of_it() -> None:
    for box in (shapely.box(-180, -80, -10, 80), shapely.box(100, -80, 180, 80)):
        assert place_extent(Extent(box.wkt, "EPSG:4326"), GRID) is None


def test_an_image_across_the_antimeridian_is_found_from_both_sides() -> None:
    fiji = Grid(CRS.from_epsg(32701), Affine(1, 0, 181_000, 0, -1, 8_000_000), 2000, 2000)
    to_lonlat = Transformer.from_crs(fiji.crs, 4326, always_xy=True)
    west, _ = to_lonlat.transform(181_000, 7_999_000)
    east, _ = to_lonlat.transform(183_000, 7_999_000)
    assert west > 0 > east
    for box in (shapely.box(west, -19, 180, -17), shapely.box(-180, -19, east, -17)):
        part = place_extent(Extent(box.wkt, "EPSG:4326"), fiji)
        assert part is not None
        assert 0 < part.window.width < 2000
    for crs, box in (
        ("EPSG:4326", shapely.box(179, -19, 181, -17)),
        ("EPSG:4326", shapely.box(170, -25, 190, -10)),
        ("EPSG:4326", shapely.box(-181, -19, -179, -17)),
        ("EPSG:3857", shapely.box(20_030_000, -2_060_000, 20_045_000, -2_040_000)),
    ):
        assert place_extent(Extent(box.wkt, crs), fiji) == whole_image(fiji)


def test_an_image_of_the_pole_is_found_by_what_lies_around_it() -> None:
    pole = Grid(CRS.from_epsg(3413), Affine(1000, 0, -500_000, 0, -1000, 500_000), 1000, 1000)
    part = place_extent(Extent(shapely.box(0, 80, 90, 90).wkt, "EPSG:4326"), pole)
    assert part is not None
    assert part.window.width == pytest.approx(500, abs=5)


def test_the_whole_world_can_be_predicted_in_the_coordinates_of_a_web_map() -> None:
    world = Grid(CRS.from_epsg(4326), Affine(0.5, 0, -180, 0, -0.5, 90), 720, 360)
    part = place_extent(Extent(shapely.box(-2e7, -2e7, 2e7, 2e7).wkt, "EPSG:3857"), world)
    assert part is not None
    assert (part.window.width, part.window.height) == (720, 342)


def test_an_edge_along_a_window_does_not_reach_into_it() -> None:
    corner = shapely.Polygon([(0, 0), (100, 0), (100, 50), (50, 50), (50, 100), (0, 100)])
    inside = Part(Window(0, 0, 100, 100), corner)
    mask = inside.mask(Window(0, 50, 100, 50))
    assert mask is not None
    assert mask.sum() == 2500
