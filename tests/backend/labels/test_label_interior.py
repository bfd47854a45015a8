# SPDX-License-Identifier: GPL-3.0-or-later
"""Interiors lie deep inside of objects, so that those of neighbours never meet."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from rasterio.features import rasterize
from shapely import GeometryCollection, LineString, MultiPolygon, Polygon, box

from weft.labels.burn import burn_mask
from weft.labels.interior import RIM, burn_interiors
from weft.labels.read import Labels

UTM = CRS.from_epsg(32633)
SHAPE = (60, 80)
METRES = Affine(1, 0, 500_000, 0, -1, 4_000_000)


def labels(*pairs: tuple[shapely.Geometry, str], on: Affine = METRES) -> Labels:
    """Labels drawn in pixels of a grid."""
    placed = [
        shapely.transform(shape, lambda xy: np.column_stack(on @ (xy[:, 0], xy[:, 1])))
        for shape, _ in pairs
    ]
    names = [name for _, name in pairs]
    frame = gpd.GeoDataFrame({"class": names}, geometry=placed, crs=UTM)
    return Labels(frame, tuple(sorted(set(names) - {"background"})))


def burn(some: Labels, on: Affine = METRES) -> np.ndarray:
    return burn_interiors(some, UTM, on, SHAPE)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(1, 30), st.integers(1, 30)),
        min_size=1,
        max_size=5,
    )
)
def test_interiors_lie_inside_of_labels(places) -> None:
    some = labels(*((box(x, y, x + w, y + h), "a") for x, y, w, h in places))
    mask = burn_mask(some, None, UTM, METRES, SHAPE, ("a",))
    assert (mask[burn(some)] == 1).all()


def test_neighbours_that_touch_have_two_rims_between_their_interiors() -> None:
    inside = burn(labels((box(0, 0, 40, 60), "a"), (box(40, 0, 80, 60), "a")))
    row = np.flatnonzero(inside[30])
    assert row.min() == RIM
    assert np.diff(row).max() == 2 * RIM + 1


@pytest.mark.parametrize(
    "shape", [box(10, 10, 13, 30), box(10, 10, 11, 11), LineString([(5, 5), (40, 40)])]
)
def test_small_and_thin_objects_have_an_interior_too(shape: shapely.Geometry) -> None:
    assert burn(labels((shape, "a"))).any()


def test_each_part_of_a_label_is_an_object() -> None:
    inside = burn(labels((MultiPolygon([box(0, 0, 20, 20), box(30, 0, 70, 40)]), "a")))
    assert inside[10, 10]
    assert inside[20, 50]


def test_the_later_label_covers_the_earlier_with_its_rim() -> None:
    inside = burn(labels((box(0, 0, 80, 60), "a"), (box(20, 20, 60, 50), "b")))
    assert inside[10, 40]
    assert not inside[22, 40]
    assert inside[35, 40]


def test_background_is_no_object_and_covers_what_lies_below() -> None:
    inside = burn(labels((box(0, 0, 80, 60), "a"), (box(20, 20, 60, 50), "background")))
    assert not inside[20:50, 20:60].any()
    assert inside[10, 40]


@pytest.mark.parametrize("angle", [0, 90, 180, -90])
def test_the_grid_may_be_turned(angle: int) -> None:
    on = METRES @ Affine.rotation(angle)
    one = burn(labels((Polygon([(10, 5), (70, 20), (40, 55)]), "a")))
    turned = burn(labels((Polygon([(10, 5), (70, 20), (40, 55)]), "a"), on=on), on)
    assert (one != turned).mean() < 0.002


def test_the_rim_is_measured_in_pixels() -> None:
    fine = METRES @ Affine.scale(0.25)
    ground = labels((box(2, 2, 18, 13), "a"))
    inside = burn(ground, fine)
    expected = rasterize([(box(14, 14, 66, 46), 1)], SHAPE).astype(bool)
    assert np.array_equal(inside, expected)


def test_without_labels_on_the_window_nothing_is_interior() -> None:
    assert not burn(labels((box(500, 500, 600, 600), "a"))).any()


def test_what_is_far_beyond_the_window_makes_no_difference() -> None:
    shape = Polygon([(10, 10), (70, 10), (70, 1000), (9000, 1000), (9000, 1100), (10, 1100)])
    short = Polygon([(10, 10), (70, 10), (70, 300), (10, 300)])
    assert np.array_equal(burn(labels((shape, "a"))), burn(labels((short, "a"))))


def test_parts_without_an_area_are_no_objects() -> None:
    mixed = GeometryCollection([LineString([(0, 0), (70, 50)]), box(0, 0, 30, 30)])
    assert burn(labels((mixed, "a"))).sum() == 18 * 18


def test_an_outline_that_crosses_itself_is_burnt() -> None:
    bow = Polygon([(0, 0), (60, 50), (60, 0), (0, 50)])
    inside = burn(labels((bow, "a")))
    assert inside[25, 10]
    assert inside[25, 50]
    assert not inside[25, 30]
