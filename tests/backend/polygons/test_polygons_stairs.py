# SPDX-License-Identifier: GPL-3.0-or-later
"""Stairs of pixels become lines, and nothing comes to cross or to part by it."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage
from shapely import affinity
from test_polygons_trace import CHECKERS, RINGED

from weft.polygons.coverage import add_junctions
from weft.polygons.stairs import without_stairs
from weft.polygons.trace import trace

AREAS = st.sampled_from([0.5, 0.9, 1.0, 4.0])
SMALL = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14),
    elements=st.integers(0, 3),
)


def blobs(seed: int, classes: int, smooth: float, side: int = 60) -> np.ndarray:
    """Regions with slanted and round borders, values 0 to `classes` (side, side)."""
    noise = np.random.default_rng(seed).standard_normal((classes + 1, side, side))
    fields = [ndimage.gaussian_filter(field, smooth) for field in noise]
    return np.argmax(fields, axis=0).astype(np.uint8)


MASKS = st.one_of(
    SMALL, st.builds(blobs, st.integers(0, 10**6), st.integers(1, 3), st.floats(0.5, 4))
)


def outlines(mask: np.ndarray) -> np.ndarray:
    polygons, _ = trace(mask)
    return add_junctions(polygons) if len(polygons) else polygons


@settings(max_examples=200, deadline=None)
@given(MASKS, AREAS)
@example(CHECKERS, 1.0)
@example(RINGED, 1.0)
def test_neighbours_stay_neighbours(mask: np.ndarray, area: float) -> None:
    simple = without_stairs(outlines(mask), area)
    assert shapely.is_valid(simple).all()
    assert shapely.coverage_is_valid(simple)
    assert (shapely.area(simple) > 0).all()


@settings(max_examples=100, deadline=None)
@given(MASKS)
def test_a_map_without_gaps_stays_one(mask: np.ndarray) -> None:
    framed = np.pad(mask + np.uint8(1), 3, constant_values=9)
    simple = without_stairs(outlines(framed), 1.0)
    assert shapely.area(simple).sum() == pytest.approx(framed.size)
    assert shapely.equals(shapely.union_all(simple), shapely.box(0, 0, *framed.shape[::-1]))


@settings(max_examples=100, deadline=None)
@given(MASKS)
@example(np.kron(CHECKERS, np.ones((3, 3), np.uint8)))
def test_what_touches_nothing_is_the_same_without_the_rest(mask: np.ndarray) -> None:
    polygons = outlines((mask == 1).astype(np.uint8))
    together = without_stairs(polygons, 1.0)
    tree = shapely.STRtree(polygons)
    one, other = tree.query(polygons, predicate="intersects")
    touching = np.isin(np.arange(len(polygons)), one[one != other])
    # by Pick's theorem but for middles of lines, which a corner of another may hold
    apart = [without_stairs(polygons[[index]], 0.5)[0] for index in np.flatnonzero(~touching)]
    small = without_stairs(polygons, 0.5)
    assert all(map(shapely.equals_exact, small[~touching], apart))
    assert shapely.area(shapely.union_all([*apart, *small[touching]])) == pytest.approx(
        shapely.area(small).sum()
    )
    assert shapely.area(shapely.union_all(together)) == pytest.approx(shapely.area(together).sum())


@settings(max_examples=60, deadline=None)
@given(MASKS, st.integers(1, 50))
def test_where_rings_begin_does_not_matter(mask: np.ndarray, start: int) -> None:
    polygons = outlines(mask)
    turned = [
        shapely.Polygon(
            rolled(one.exterior, start), [rolled(hole, start) for hole in one.interiors]
        )
        for one in polygons
    ]
    assert shapely.equals(without_stairs(np.array(turned, object), 1.0), polygons_of(mask)).all()


def polygons_of(mask: np.ndarray) -> np.ndarray:
    return without_stairs(outlines(mask), 1.0)


def rolled(ring: shapely.LinearRing, start: int) -> np.ndarray:
    """The same ring from another vertex on, and the other way round."""
    return np.roll(np.asarray(ring.coords)[:-1], start, axis=0)[::-1]


@pytest.mark.parametrize("angle", [0, 10, 27, 45, 63, 80])
def test_about_as_few_vertices_as_by_the_library_and_as_near(angle: int) -> None:
    house = affinity.rotate(shapely.box(40, 60, 160, 140), angle)
    rows, columns = np.indices((200, 200)) + 0.5
    polygons = outlines(shapely.contains_xy(house, columns, rows).astype(np.uint8))
    ours, library = without_stairs(polygons, 1.0), shapely.coverage_simplify(polygons, 1.0)
    count = shapely.get_num_coordinates
    assert count(ours).sum() <= 1.25 * count(library).sum() + 8
    assert shapely.hausdorff_distance(ours[0], house) < 2
    assert ours[0].area == pytest.approx(house.area, rel=0.01)


def test_a_diagonal_is_one_line() -> None:
    steps = np.tri(20, dtype=np.uint8)
    assert len(without_stairs(outlines(steps), 1.0)[0].exterior.coords) <= 6


def test_a_pixel_stays_a_pixel() -> None:
    mask = np.zeros((3, 3), np.uint8)
    mask[1, 1] = 1
    assert without_stairs(outlines(mask), 1.0)[0].equals(shapely.box(1, 1, 2, 2))


def test_nothing_stays_nothing() -> None:
    assert len(without_stairs(np.empty(0, object), 1.0)) == 0
