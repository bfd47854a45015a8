# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that touch are told apart, and no pixel is lost or changes its class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weft.polygons.objects import FIRST, ROWS, SEED, Objects, borders, fused, separate
from weft.polygons.prediction import FULL
from weft.polygons.trace import trace

NO_LIMIT = np.zeros(256)
SHAPES = st.tuples(st.integers(1, 14), st.integers(1, 14))


@st.composite
def predictions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    shape = draw(SHAPES)
    classes = draw(arrays(np.uint8, shape, elements=st.integers(0, 2)))
    levels = st.sampled_from([0, 40, 100, 126, 127, 200, FULL])
    return classes, draw(arrays(np.uint8, shape, elements=levels))


def classes_of(objects: Objects) -> np.ndarray:
    return objects.classes[objects.regions]


def blocks(columns: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Two halves that touch, each with an interior as far from the middle as the other's."""
    classes, interior = np.ones((8, columns), np.uint8), np.full((8, columns), 20, np.uint8)
    interior[2:6, 3:7] = interior[2:6, columns - 7 : columns - 3] = 240
    return classes, interior


@settings(max_examples=150, deadline=None)
@given(predictions(), st.sampled_from([0.0, 2.0, 6.0]))
def test_every_pixel_keeps_its_class_and_every_object_is_whole(prediction, least: float) -> None:
    classes, interior = prediction
    objects = separate(classes, interior, np.full(256, least))
    assert np.array_equal(classes_of(objects), classes)
    _, numbers = trace(objects.regions)
    own = numbers[numbers >= FIRST]
    assert len(own) == len(set(own.tolist()))


@settings(max_examples=80, deadline=None)
@given(predictions())
def test_there_are_no_more_objects_than_interiors_and_no_fewer_than_regions(prediction) -> None:
    classes, interior = prediction
    seeds, _ = trace(np.where(interior >= SEED * FULL, classes, 0).astype(np.uint8))
    whole, _ = trace(classes)
    _, numbers = trace(separate(classes, interior, NO_LIMIT).regions)
    assert len(whole) <= len(numbers)
    assert (numbers >= FIRST).sum() <= len(seeds)


@settings(max_examples=80, deadline=None)
@given(predictions())
def test_without_interiors_what_touches_is_one(prediction) -> None:
    classes, _ = prediction
    objects = separate(classes, np.zeros_like(classes), NO_LIMIT)
    assert np.array_equal(objects.regions, fused(classes).regions)


def test_the_wall_lies_midway_between_interiors() -> None:
    classes, interior = blocks()
    regions = separate(classes, interior, NO_LIMIT).regions
    left, right = regions[0, 0], regions[0, -1]
    assert left != right
    assert (regions[:, :10] == left).all()
    assert (regions[:, 10:] == right).all()


@pytest.mark.parametrize(("between", "objects"), [(20, 2), (60, 2), (70, 1), (120, 1)])
def test_objects_are_one_where_no_rim_parts_them(between: int, objects: int) -> None:
    classes, interior = blocks()
    interior[:, 9:11] = between
    assert len(np.unique(separate(classes, interior, NO_LIMIT).regions)) == objects


def test_a_leak_in_a_rim_joins_nothing() -> None:
    classes, interior = blocks()
    interior[4, 7:13] = 160
    assert len(np.unique(separate(classes, interior, NO_LIMIT).regions)) == 2


def test_borders_are_measured_on_both_sides_and_across_blocks_of_rows() -> None:
    regions = np.full((2 * ROWS + 3, 4), FIRST, np.int32)
    regions[:, 2:] = FIRST + 1
    regions[ROWS:, 2:] = FIRST + 2
    interior = np.zeros(regions.shape, np.uint8)
    interior[:, 1] = 100
    interior[ROWS - 1, 2:] = 50
    sides, levels = borders(regions, interior)
    assert sides.tolist() == [[FIRST, FIRST + 1], [FIRST, FIRST + 2], [FIRST + 1, FIRST + 2]]
    assert levels == pytest.approx([50 + 25 / ROWS, 50, 25])


def test_other_classes_are_never_entered() -> None:
    classes, interior = blocks()
    classes[:, 12:] = 2
    objects = separate(classes, interior, NO_LIMIT)
    assert len(np.unique(objects.regions[:, 12:])) == 1
    assert np.array_equal(classes_of(objects), classes)


def test_a_piece_that_is_too_small_goes_to_its_neighbour() -> None:
    classes, interior = blocks()
    interior[0, 9] = 250
    assert len(np.unique(separate(classes, interior, NO_LIMIT).regions)) == 3
    regions = separate(classes, interior, np.full(256, 30.0)).regions
    assert len(np.unique(regions)) == 2


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 5)])
def test_the_smallest_rasters(shape: tuple[int, int]) -> None:
    whole = np.ones(shape, np.uint8)
    assert len(np.unique(separate(whole, whole * FULL, NO_LIMIT).regions)) == 1
    assert not separate(whole * 0, whole * FULL, NO_LIMIT).regions.any()
