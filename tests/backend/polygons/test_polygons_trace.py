# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines are the mask, on any grid, and simplified neighbours stay neighbours."""

from time import process_time

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pyproj import CRS
from rasterio.features import rasterize, shapes

from weft.grid import Grid, to_pixels
from weft.polygons.clean import fill_holes, large_enough, tidy
from weft.polygons.coverage import add_junctions, simplify
from weft.polygons.rings import find_rings
from weft.polygons.trace import straight, to_ground, trace

METRE = Grid(CRS.from_epsg(32633), Affine(1, 0, 500_000, 0, -1, 4_000_000), 100, 100)
CHECKERS = np.indices((6, 6)).sum(axis=0).astype(np.uint8) % 2
RINGED = np.pad(np.pad(np.full((2, 2), 2, np.uint8), 2, constant_values=1), 1)
PINCHED = np.array([[1, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 1]], np.uint8)
NESTED = np.pad(np.pad(np.pad(CHECKERS[:1, :1], 1, constant_values=1), 1), 1, constant_values=1)

MASKS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14),
    elements=st.integers(0, 3),
)
AFFINES = st.builds(
    lambda angle, along, across: (
        Affine.translation(500_000, 4_000_000)
        @ Affine.rotation(angle)
        @ Affine.scale(along, across)
    ),
    angle=st.floats(-180, 180),
    along=st.floats(0.05, 30),
    across=st.one_of(st.floats(0.05, 30), st.floats(-30, -0.05)),
)


@settings(max_examples=120, deadline=None)
@given(MASKS, AFFINES)
@example(CHECKERS, Affine.rotation(30))
@example(RINGED, Affine.scale(1, -1))
def test_rasterising_the_outlines_gives_the_mask_back(mask: np.ndarray, on: Affine) -> None:
    polygons, values = trace(mask)
    ground, origin = tidy(to_ground(polygons, on))
    assert shapely.is_valid(ground).all()
    assert (shapely.get_type_id(ground) == shapely.GeometryType.POLYGON).all()
    assert shapely.area(ground).sum() == pytest.approx(
        (mask > 0).sum() * abs(on.determinant), rel=1e-6
    )
    back = np.zeros(mask.shape, np.uint8)
    if len(ground):
        rasterize(zip(to_pixels(ground, on), values[origin].tolist(), strict=True), out=back)
    assert np.array_equal(back, mask)


def test_many_holes_in_long_outlines_take_little_time() -> None:
    comb = np.ones((8000, 5), np.uint8)
    comb[1:-1:2, [0, 2, 4]] = 0
    begun = process_time()
    polygons, _ = trace(np.hstack([comb, np.zeros_like(comb), comb]))
    assert process_time() - begun < 2  # over 4 where each hole looks at each edge
    assert shapely.get_num_interior_rings(polygons).tolist() == [3999, 3999]


@settings(max_examples=200, deadline=None)
@given(MASKS, st.sampled_from([(1, 1), (2, 3)]), st.integers(0, 5))
@example(CHECKERS, (1, 1), 0)
@example(RINGED, (1, 1), 0)
@example(PINCHED, (1, 1), 0)
@example(NESTED, (1, 1), 0)
def test_outlines_are_those_of_gdal(mask: np.ndarray, pixel: tuple[int, int], top: int) -> None:
    larger = np.kron(mask, np.ones(pixel, np.uint8)).astype(np.int32)
    on = Affine.translation(0, top)
    regions = shapes(larger, mask=larger > 0, connectivity=4, transform=on)
    known = [(straight(np.array([shapely.geometry.shape(one)]))[0], v) for one, v in regions]
    polygons, values = trace(larger, top)
    assert shapely.is_valid(polygons).all()
    assert {(one.normalize(), value) for one, value in known} == set(
        zip(shapely.normalize(polygons), values, strict=True)
    )


@settings(max_examples=120, deadline=None)
@given(MASKS)
@example(PINCHED)
def test_rings_touch_themselves_nowhere(mask: np.ndarray) -> None:
    rings = find_rings(mask)
    assert shapely.is_simple(shapely.linearrings(rings.points, indices=rings.ring)).all()
    # the first vertex is the leftmost of the uppermost
    order = np.lexsort((rings.points[:, 0], rings.points[:, 1], rings.ring))
    first = np.searchsorted(rings.ring, np.arange(len(rings.values)))
    assert np.array_equal(order[first], first)
    assert rings.areas.sum() == np.count_nonzero(mask)


def test_any_tolerance_leaves_every_object() -> None:
    polygons, _ = trace(np.eye(9, dtype=np.uint8))
    assert len(simplify(polygons, 1e300)) == len(polygons)


@settings(max_examples=120, deadline=None)
@given(MASKS, st.floats(0.5, 3))
@example(CHECKERS, 1.0)
@example(RINGED, 1.0)
def test_simplified_polygons_are_valid_and_do_not_overlap(mask: np.ndarray, by: float) -> None:
    polygons, _ = trace(mask)
    simple, _ = tidy(simplify(polygons, by))
    assert len(simple) >= len(polygons)
    assert shapely.is_valid(simple).all() and not shapely.is_empty(simple).any()
    assert shapely.area(shapely.union_all(simple)) == pytest.approx(shapely.area(simple).sum())


@settings(max_examples=120, deadline=None)
@given(MASKS)
@example(CHECKERS)
def test_junctions_make_a_valid_coverage_of_the_same_regions(mask: np.ndarray) -> None:
    polygons, _ = trace(mask)
    if not len(polygons):
        return
    nodes = add_junctions(polygons)
    assert shapely.coverage_is_valid(nodes)
    assert shapely.equals(nodes, polygons).all()


def test_borders_stay_shared_without_gaps() -> None:
    rows, columns = np.indices((60, 60))
    halves = np.where(columns + 3 * np.sin(rows / 4) > 30, 2, 1).astype(np.uint8)
    halves[30:, :] = np.where(halves[30:, :] == 1, 3, 2)
    polygons, _ = trace(halves)
    simple = simplify(polygons, 1.5)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(polygons).sum()
    assert shapely.coverage_is_valid(simple)
    assert shapely.area(shapely.union_all(simple)) == pytest.approx(shapely.area(simple).sum())
    assert shapely.get_num_interior_rings(shapely.union_all(simple)) == 0


def test_holes_are_holes() -> None:
    polygons, values = trace(RINGED)
    assert sorted(values) == [1, 2]
    ring = polygons[values == 1][0]
    assert shapely.get_num_interior_rings(ring) == 1
    assert ring.area == 36 - 4


def test_diagonal_neighbours_are_two_objects() -> None:
    polygons, _ = trace(np.eye(2, dtype=np.uint8))
    assert len(polygons) == 2


def test_empty_mask_has_no_outlines() -> None:
    polygons, values = trace(np.zeros((5, 5), np.uint8))
    assert len(polygons) == len(values) == 0
    assert len(simplify(polygons, 1.0)) == 0


def test_shells_run_anticlockwise_on_every_grid() -> None:
    polygons, _ = trace(RINGED)
    for on in (Affine.scale(1, -1), Affine.scale(1, 1), Affine.rotation(70)):
        shells = shapely.get_exterior_ring(to_ground(polygons, on))
        assert shapely.is_ccw(shells).all()


def test_small_polygons_vanish_and_small_holes_close() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[0, 0] = 1
    mask[5:15, 5:15] = 1
    mask[7:9, 7:9] = 0
    mask[11, 11] = 0
    polygons, _ = trace(mask)
    large = polygons[large_enough(polygons, METRE, 2.0)]
    assert len(large) == 1
    assert fill_holes(large, METRE, 2.0)[0].area == 96
    assert fill_holes(large, METRE, 4.0)[0].area == 96
    assert fill_holes(large, METRE, 4.1)[0].area == 100


def test_limits_are_in_square_metres_whatever_the_crs() -> None:
    mask = np.ones((10, 10), np.uint8)
    degrees = Grid(CRS.from_epsg(4326), Affine(1e-5, 0, 15, 0, -1e-5, 60), 10, 10)
    polygons, _ = trace(mask)
    area = 100 * 1.1132 * 0.5575  # 1e-5 degrees of latitude and of longitude at 60 north
    assert large_enough(polygons, degrees, area * 0.98).all()
    assert not large_enough(polygons, degrees, area * 1.02).any()


def test_a_hole_around_another_class_stays() -> None:
    polygons, values = trace(RINGED)
    filled = fill_holes(polygons, METRE, 100.0)
    assert shapely.area(filled).tolist() == shapely.area(polygons).tolist()
    alone = polygons[values == 1]
    assert fill_holes(alone, METRE, 100.0)[0].area == 36


def test_tidy_mends_and_splits() -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    flat = shapely.Polygon([(0, 0), (1, 0), (2, 0)])
    polygons, origin = tidy(np.array([flat, bow_tie, shapely.box(5, 5, 6, 6)]))
    assert origin.tolist() == [1, 1, 2]
    assert shapely.is_valid(polygons).all()
