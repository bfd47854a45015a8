# SPDX-License-Identifier: GPL-3.0-or-later
"""Every pixel is a class, background or unknown, on any grid."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely import LineString, Point, box, transform

from weft.errors import LabelError
from weft.grid import Grid, to_pixels
from weft.labels.burn import burn_mask, count_overlaps
from weft.labels.check import check_trainable
from weft.labels.place import place_areas, place_labels, to_plane
from weft.labels.read import Labels
from weft.labels.source import LabelSource

UTM = CRS.from_epsg(32633)
CRS84 = CRS.from_epsg(4326)
PIXEL = 0.5
TRANSFORM = Affine(PIXEL, 0, 500_000, 0, -PIXEL, 4_000_000)
GRID = Grid(UTM, TRANSFORM, 40, 30)
SOURCE = LabelSource("train.gpkg")  # type: ignore[arg-type]


def pixels(column: float, row: float, width: float, height: float, on: Affine = TRANSFORM):
    """The polygon that covers these pixels of a grid."""
    square = box(column, row, column + width, row + height)
    return transform(square, lambda xy: np.column_stack(on @ (xy[:, 0], xy[:, 1])))


def labels(*pairs, crs: CRS | None = UTM) -> Labels:
    names = [name for _, name in pairs]
    frame = gpd.GeoDataFrame({"class": names}, geometry=[shape for shape, _ in pairs], crs=crs)
    return Labels(frame, tuple(sorted(set(names) - {"background"})))


def areas(*shapes, crs: CRS | None = UTM) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=crs)


def burn(some: Labels, where: gpd.GeoSeries | None = None, **change) -> np.ndarray:
    use = {"grid_crs": UTM, "transform": TRANSFORM, "shape": (30, 40)} | change
    return burn_mask(some, where, classes=some.classes, **use)


def test_without_areas_only_labels_are_known() -> None:
    mask = burn(labels((pixels(1, 2, 3, 4), "roof"), (pixels(10, 10, 2, 2), "background")))
    expected = np.full((30, 40), 255, np.uint8)
    expected[2:6, 1:4] = 1
    expected[10:12, 10:12] = 0
    assert np.array_equal(mask, expected)


def test_inside_an_area_the_rest_is_background() -> None:
    mask = burn(labels((pixels(5, 5, 2, 2), "roof")), areas(pixels(0, 0, 20, 20)))
    assert (mask[:20, :20] == 0).sum() == 400 - 4
    assert (mask[5:7, 5:7] == 1).all()
    assert (mask[20:] == 255).all() and (mask[:, 20:] == 255).all()


def test_what_reaches_out_of_an_area_is_unknown_there() -> None:
    mask = burn(labels((pixels(18, 5, 6, 2), "roof")), areas(pixels(0, 0, 20, 20)))
    assert (mask[5:7, 18:20] == 1).all()
    assert (mask[5:7, 20:] == 255).all()


def test_label_away_from_all_areas_still_counts() -> None:
    mask = burn(labels((pixels(30, 5, 2, 2), "roof")), areas(pixels(0, 0, 20, 20)))
    assert (mask[5:7, 30:32] == 1).all()
    assert (mask[:, 20:] == 1).sum() == 4


def test_an_area_beyond_the_window_still_claims_its_labels() -> None:
    shift = TRANSFORM @ Affine.translation(20, 0)
    mask = burn(labels((pixels(18, 5, 6, 2), "roof")), areas(pixels(0, 0, 20, 20)), transform=shift)
    assert (mask == 255).all()


def test_later_label_wins() -> None:
    some = labels((pixels(0, 0, 10, 10), "b"), (pixels(5, 5, 10, 10), "a"))
    mask = burn(some)
    assert some.classes == ("a", "b")
    assert (mask[5:10, 5:10] == 1).all()
    assert count_overlaps(some, TRANSFORM) == 1


def test_touching_labels_do_not_overlap() -> None:
    some = labels(
        (pixels(0, 0, 10, 10), "a"), (pixels(10, 0, 5, 5), "b"), (pixels(9, 9, 4, 1), "a")
    )
    assert count_overlaps(some, TRANSFORM) == 0


def test_lines_and_points_cover_at_least_a_pixel() -> None:
    line = LineString([TRANSFORM @ (5, 20), TRANSFORM @ (15, 20)])
    point = Point(TRANSFORM @ (30.0, 10.0))
    mask = burn(labels((line, "a"), (point, "b")))
    assert (mask[19:21, 5:15] == 1).all()
    assert (mask[9:11, 29:31] == 2).all()
    assert (mask == 2).sum() <= 9


def test_coarser_grid_widens_them_alike() -> None:
    coarse = TRANSFORM @ Affine.scale(4)
    mask = burn(labels((Point(coarse @ (3.1, 3.1)), "a")), transform=coarse, shape=(7, 10))
    assert (mask == 1).sum() >= 1


def test_labels_in_another_crs_fall_on_the_same_pixels() -> None:
    to_degrees = Transformer.from_crs(UTM, CRS84, always_xy=True).transform
    square = transform(pixels(4.2, 5.2, 6.6, 7.6), to_degrees, interleaved=False)
    mask = burn(labels((square, "roof"), crs=CRS84), areas(pixels(0, 0, 40, 30)))
    assert (mask[5:13, 4:11] == 1).all()
    assert (mask == 1).sum() == 56


def test_what_a_projection_cannot_show_is_empty_there() -> None:
    """A single corner beyond the poles is enough: every intersection would fail."""
    shapes = [box(14, 50, 15, 51), box(14, 50, 15, 95), box(500_000, 50, 500_001, 51)]
    placed = to_plane(areas(*shapes, crs=CRS84), UTM)
    assert placed.is_empty.tolist() == [False, True, True]
    frame = to_plane(labels(*((shape, "roof") for shape in shapes), crs=CRS84).frame, UTM)
    assert frame.is_empty.tolist() == [False, True, True] and len(frame["class"]) == 3
    assert placed.crs == frame.crs == UTM


def test_no_crs_on_both_sides_is_one_plane() -> None:
    some = labels((pixels(1, 1, 2, 2), "roof"), crs=None)
    assert (burn(some, grid_crs=None) == 1).sum() == 4


@pytest.mark.parametrize(("crs", "grid_crs"), [(None, UTM), (UTM, None)])
def test_crs_on_one_side_alone(crs: CRS | None, grid_crs: CRS | None) -> None:
    with pytest.raises(LabelError, match=r"no CRS for the (labels|image)"):
        burn(labels((pixels(1, 1, 2, 2), "roof"), crs=crs), grid_crs=grid_crs)


def test_class_that_a_model_does_not_know() -> None:
    some = labels((pixels(1, 1, 2, 2), "roof"))
    with pytest.raises(LabelError, match="class 'roof'"):
        burn_mask(some, None, UTM, TRANSFORM, (30, 40), ("ship",))


def test_nothing_near_is_all_unknown() -> None:
    some = labels((pixels(500, 500, 2, 2), "roof"))
    assert (burn(some) == 255).all()
    assert (burn(some, areas(pixels(500, 500, 9, 9))) == 255).all()


AFFINES = st.builds(
    lambda angle, along, across: (
        Affine.translation(500_000, 4_000_000)
        @ Affine.rotation(angle)
        @ Affine.scale(along, across)
    ),
    angle=st.floats(-180, 180),
    along=st.floats(0.1, 30),
    across=st.one_of(st.floats(0.1, 30), st.floats(-30, -0.1)),
)


@settings(max_examples=40, deadline=None)
@given(AFFINES, st.integers(0, 30), st.integers(0, 20), st.integers(1, 9), st.integers(1, 9))
def test_any_affine_burns_the_same_pixels(
    on: Affine, column: int, row: int, width: int, height: int
) -> None:
    some = labels((pixels(column, row, width, height, on), "roof"))
    mask = burn(some, areas(pixels(0, 0, 40, 30, on)), transform=on)
    expected = np.zeros((30, 40), np.uint8)
    expected[row : row + height, column : column + width] = 1
    assert np.array_equal(mask, expected)
    assert to_pixels(np.array([Point(on @ (3, 4))]), on)[0].distance(Point(3, 4)) < 1e-4


def test_placing_keeps_what_lies_on_a_rotated_image() -> None:
    turned = Grid(UTM, TRANSFORM @ Affine.rotation(45), 40, 30)
    corner = pixels(38, 1, 1, 1)  # inside the upright bounding box of the turned image only
    some = labels((pixels(5, 5, 2, 2, turned.transform), "a"), (corner, "b"))
    assert list(place_labels(some, turned).frame["class"]) == ["a"]
    assert len(place_areas(areas(corner), turned)) == 0
    assert len(place_areas(areas(corner), GRID)) == 1


def test_labels_outside_all_images() -> None:
    far = labels((pixels(500, 500, 2, 2), "roof"))
    with pytest.raises(LabelError, match=r"No label of train\.gpkg lies on the images"):
        check_trainable(far, None, [GRID], SOURCE)


def test_labels_that_no_projection_can_place() -> None:
    with pytest.raises(LabelError, match="lies on the images"):
        check_trainable(labels((box(1e9, 1e9, 2e9, 2e9), "a"), crs=CRS84), None, [GRID], SOURCE)


def test_areas_outside_all_images() -> None:
    some = labels((pixels(5, 5, 2, 2), "roof"))
    with pytest.raises(LabelError, match="No area lies on the images"):
        check_trainable(some, areas(pixels(500, 500, 2, 2)), [GRID], SOURCE)


def test_one_class_needs_a_background() -> None:
    one = labels((pixels(5, 5, 2, 2), "roof"))
    with pytest.raises(LabelError, match="one class only"):
        check_trainable(one, None, [GRID], SOURCE)
    check_trainable(one, areas(pixels(0, 0, 20, 20)), [GRID], SOURCE)
    check_trainable(
        labels((pixels(5, 5, 2, 2), "roof"), (pixels(9, 9, 2, 2), "background")),
        None,
        [GRID],
        SOURCE,
    )


def test_background_alone_is_nothing_to_learn() -> None:
    with pytest.raises(LabelError, match="nothing but background"):
        check_trainable(labels((pixels(5, 5, 2, 2), "background")), None, [GRID], SOURCE)


def test_notes_tell_what_is_not_used() -> None:
    some = labels((pixels(5, 5, 2, 2), "a"), (pixels(9, 9, 1, 1), "b"), (pixels(99, 99, 1, 1), "b"))
    notes = check_trainable(some, None, [GRID], SOURCE)
    assert notes == ("Labels that lie outside the images and are not used: 1.",)
