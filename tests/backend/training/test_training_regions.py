# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions: inside the image, over everything labelled, and no pixel taught by two areas."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from weft.grid import Grid, Window
from weft.labels.burn import UNKNOWN
from weft.labels.read import Labels
from weft.training import patches as patches_module
from weft.training.patches import PatchStore, count_known
from weft.training.regions import CONTEXT, LARGEST_SIDE, Region, cuts, plan_regions, split_box

UTM = CRS.from_epsg(32633)
NO_LABELS = Labels(gpd.GeoDataFrame({"class": []}, geometry=[], crs=UTM), ("a",))


def grid(width: int, height: int, east: float = 0, angle: float = 0) -> Grid:
    turned = Affine.translation(500_000 + east, 4_000_000) @ Affine.rotation(angle)
    return Grid(UTM, turned @ Affine.scale(1, -1), width, height)


def boxes_on(place: Grid, boxes: list[tuple[float, float, float, float]]) -> gpd.GeoSeries:
    corners = [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in boxes]
    polygons = [shapely.Polygon([place.transform @ p for p in each]) for each in corners]
    return gpd.GeoSeries(polygons, crs=UTM)


def labels_on(place: Grid, boxes: list[tuple[float, float, float, float]]) -> Labels:
    frame = gpd.GeoDataFrame({"class": ["a"] * len(boxes)}, geometry=boxes_on(place, boxes))
    return Labels(frame, ("a",))


@st.composite
def some_boxes(draw: st.DrawFn) -> list[tuple[float, float, float, float]]:
    boxes = []
    for _ in range(draw(st.integers(1, 4))):
        x, y = draw(st.floats(-50, 2990)), draw(st.floats(-50, 1990))
        boxes.append((x, y, x + draw(st.floats(51, 2600)), y + draw(st.floats(51, 1700))))
    return boxes


@settings(deadline=None, max_examples=40)
@given(some_boxes(), st.sampled_from([0.4, 1.0, 1.7]), st.sampled_from([0.0, 30.0, -110.0]))
def test_windows_cover_every_area_within_the_image(boxes, scale: float, angle: float) -> None:
    place = grid(3000, 2000, angle=angle)
    areas = boxes_on(place, boxes)
    regions = plan_regions([place], NO_LABELS, areas, [scale])
    for number, (left, top, right, bottom) in enumerate(boxes):
        seen = shapely.union_all(
            [
                shapely.box(w.column, w.row, w.column + w.width, w.row + w.height)
                for w in (r.window for r in regions if r.area == number)
            ]
        )
        margin = CONTEXT / scale - 1e-6
        wanted = shapely.box(left - margin, top - margin, right + margin, bottom + margin)
        wanted = wanted & shapely.box(0, 0, 3000, 2000)
        assert wanted.difference(seen).area < 1e-6 * max(1.0, wanted.area)
    for region in regions:
        window, (height, width) = region.window, region.shape
        assert window.column >= 0
        assert window.row >= 0
        assert window.column + window.width <= 3000
        assert window.row + window.height <= 2000
        assert max(height, width) <= LARGEST_SIDE + 1
        assert height == pytest.approx(window.height * scale, abs=0.51)
        assert width == pytest.approx(window.width * scale, abs=0.51)


@given(st.integers(-5, 50), st.integers(1, 500), st.integers(1, 90))
def test_cuts_are_the_fewest_and_leave_nothing_out(start: int, length: int, most: int) -> None:
    parts = cuts(start, start + length, most)
    assert len(parts) == -(-length // most)
    assert parts[0][0] == start
    assert sum(size for _, size in parts) == length
    assert all(1 <= size <= most for _, size in parts)
    assert all(a + size == b for (a, size), (b, _) in pairwise(parts))


def test_what_lies_beyond_the_image_has_no_region() -> None:
    place = grid(100, 100)
    assert split_box((200, 200, 300, 300), place, 1.0) == []
    assert plan_regions([place], NO_LABELS, boxes_on(place, [(500, 500, 600, 600)]), [1.0]) == []


def test_pieces_of_a_large_area_share_its_number() -> None:
    place = grid(3000, 3000)
    areas = boxes_on(place, [(0, 0, 2900, 2900), (2950, 2950, 2999, 2999)])
    regions = plan_regions([place], NO_LABELS, areas, [1.0])
    assert [r.area for r in regions] == [0] * 9 + [1]


def test_an_area_in_two_images_is_one_area() -> None:
    first, second = grid(400, 400), grid(400, 400, east=100)
    areas = boxes_on(first, [(150, 50, 200, 100), (250, 250, 300, 300), (420, 50, 460, 90)])
    regions = plan_regions([first, second], NO_LABELS, areas, [1.0, 1.0])
    assert {(r.image, r.area) for r in regions} == {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)}


def test_areas_keep_their_numbers_whatever_their_index() -> None:
    place = grid(400, 400)
    areas = boxes_on(place, [(10, 10, 50, 50), (900, 900, 950, 950), (200, 200, 250, 250)])
    areas.index = [7, 7, 7]
    assert [r.area for r in plan_regions([place], NO_LABELS, areas, [1.0])] == [0, 2]


def test_without_areas_labels_near_each_other_share_a_region() -> None:
    place = grid(2000, 2000)
    boxes = [(100, 100, 120, 120), (200, 100, 220, 120), (900, 900, 950, 950)]
    regions = plan_regions([place], labels_on(place, boxes), None, [1.0])
    assert sorted({r.area for r in regions}) == [0, 1]
    assert len(regions) == 2


@pytest.mark.parametrize("crs", [UTM, CRS.from_epsg(32632)])
def test_without_areas_the_same_ground_in_two_images_has_one_number(crs: CRS) -> None:
    first = grid(2000, 2000)
    boxes = [(100, 100, 120, 120), (600, 100, 620, 120), (1300, 900, 1350, 950)]
    alike = [*boxes, (2300, 900, 2350, 950)]
    labels = labels_on(first, alike)
    # the second image begins right of the first label, and reaches beyond the first image
    corner = gpd.GeoSeries([shapely.Point(500_500, 4_000_100)], crs=UTM).to_crs(crs)[0]
    turned = Affine.translation(corner.x, corner.y) @ Affine.rotation(20) @ Affine.scale(1, -1)
    second = Grid(crs, turned if crs != UTM else grid(2, 2, east=500).transform, 2500, 2500)
    regions = plan_regions([first, second], labels, None, [1.0, 1.0])
    seen = {(r.image, r.area) for r in regions}
    assert {area for image, area in seen if image == 0} == {0, 1, 2}
    own = {area for image, area in seen if image == 1}
    assert {1, 2} < own and len(own) == 3 and 0 not in own


def test_a_cluster_that_bridges_two_of_another_image_joins_them() -> None:
    coarse = Grid(UTM, Affine(8, 0, 500_000, 0, -8, 4_000_000), 250, 250)
    labels = labels_on(grid(2000, 2000), [(300, 300, 320, 320), (900, 300, 920, 320)])
    regions = plan_regions([grid(2000, 2000), coarse], labels, None, [1.0, 1.0])
    assert [region.area for region in regions] == [0, 0, 0]
    # beside areas they are numbered after those
    areas = boxes_on(grid(2000, 2000), [(1500, 1500, 1900, 1900), (9000, 0, 9001, 1)])
    regions = plan_regions([grid(2000, 2000), coarse], labels, areas, [1.0, 1.0])
    assert [region.area for region in regions] == [0, 2, 2, 0, 2]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=12))
def test_without_areas_no_place_is_in_two_regions(places: list[tuple[int, int]]) -> None:
    place = grid(1000, 1000)
    boxes = [(x, y, x + 20 + y % 70, y + 20 + x % 50) for x, y in places]
    regions = plan_regions([place], labels_on(place, boxes), None, [1.0])
    windows = [
        shapely.box(w.column, w.row, w.column + w.width, w.row + w.height)
        for w in (region.window for region in regions)
    ]
    # windows are rounded outwards to whole pixels
    shrunk = shapely.buffer(windows, -1.5, join_style="mitre")
    assert shapely.union_all(shrunk).area == pytest.approx(sum(w.area for w in shrunk))
    seen = shapely.union_all(windows)
    assert all(seen.covers(shapely.box(*box)) for box in boxes)


def test_a_neighbouring_area_is_unknown_in_the_context_of_an_area(squares) -> None:
    for region in squares.regions:
        mask = squares.store[region].mask
        assert mask.shape == (192, 192)  # 80 and its context, cut at the image
        assert (mask != UNKNOWN).sum() == 80 * 80


def test_a_label_beside_an_area_is_known_in_its_own_window_alone(make_scene) -> None:
    array = np.full((3, 128, 128), 100, np.uint8)
    labels = [("a", (10, 10, 20, 20)), ("a", (60, 60, 70, 70))]
    scene = make_scene(array, labels, [(0, 0, 40, 40)])
    area, cluster = scene.regions
    assert (scene.store[area].mask != UNKNOWN).sum() == 40 * 40
    assert (scene.store[cluster].mask != UNKNOWN).sum() == 10 * 10


def test_masks_tell_objects_background_and_unknown(squares) -> None:
    counts = count_known(squares.store, squares.regions, 1)
    assert counts.sum() == 4 * 80 * 80
    image = squares.store[squares.regions[0]]
    bright = image.pixels[0].numpy() > 0.45
    known = image.mask != UNKNOWN
    assert np.array_equal(image.mask[known] == 1, bright[known])


def test_invalid_pixels_are_unknown(make_scene) -> None:
    array = np.full((3, 64, 64), 100, np.uint8)
    array[:, 20:30, 20:30] = 0
    labels = [("a", (10, 10, 40, 40))]
    scene = make_scene(array, labels, [(0, 0, 64, 64)], nodata=0)
    mask = scene.store[scene.regions[0]].mask
    assert (mask[20:30, 20:30] == UNKNOWN).all()
    assert (mask == UNKNOWN).sum() == 100


def test_overlapping_areas_share_no_pixel(make_scene) -> None:
    array = np.full((3, 128, 128), 100, np.uint8)
    labels = [("a", (10, 10, 40, 40))]
    scene = make_scene(array, labels, [(0, 0, 80, 80), (40, 40, 120, 120)])
    known = np.zeros((128, 128), int)
    for region in scene.regions:
        w = region.window
        place = known[w.row : w.row + w.height, w.column : w.column + w.width]
        place += scene.store[region].mask != UNKNOWN
    assert known.max() == 1
    assert known.sum() == 2 * 80 * 80 - 40 * 40


def test_patches_are_read_once_and_kept_while_there_is_room(squares, monkeypatch) -> None:
    reads: list[Region] = []
    read = patches_module.read_patch

    def counting(sources: object, region: Region) -> object:
        reads.append(region)
        return read(sources, region)

    monkeypatch.setattr(patches_module, "read_patch", counting)
    store = PatchStore(squares.sources, squares.regions)
    first, second, third, _ = squares.regions
    assert store[first] is store[first]
    assert reads == [first]
    monkeypatch.setattr(patches_module, "MOST_BYTES", 2 * store[first].nbytes)
    for region in (first, second, third) * 2:
        assert store[region].mask.shape == region.shape
    assert reads == [first, second, third, third]


def test_a_window_is_read_at_the_models_gsd(squares) -> None:
    regions = plan_regions([squares.grid], squares.sources.labels, squares.sources.areas, [0.5])
    store = PatchStore(squares.sources, regions)
    for region in regions:
        patch = store[region]
        assert patch.pixels.shape[1:] == patch.mask.shape == region.shape
        assert region.window == Window(0, 0, 192, 192)  # the context takes twice the image pixels
        assert (patch.mask != UNKNOWN).sum() == 40 * 40
