# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that touch are told apart, whatever strips they are cut into, and no pixel is lost."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio.features import rasterize
from scipy import ndimage

from weft.polygons.objects import Objects, objects_in
from weft.polygons.pieces import DOWN, meet
from weft.polygons.prediction import FULL
from weft.polygons.regions import SEED, connected
from weft.polygons.strips import REACH, Strip, one_strip, spans
from weft.polygons.trace import trace

NO_LIMIT = np.zeros(256)
SHAPES = st.tuples(st.integers(1, 14), st.integers(1, 14))
LEVELS = [0, 40, 100, 126, 127, 200, FULL]

Pair = tuple[np.ndarray, np.ndarray]


@st.composite
def predictions(draw: st.DrawFn) -> Pair:
    shape = draw(SHAPES)
    classes = draw(arrays(np.uint8, shape, elements=st.integers(0, 2)))
    return classes, draw(arrays(np.uint8, shape, elements=st.sampled_from(LEVELS)))


@st.composite
def tall_predictions(draw: st.DrawFn) -> Pair:
    """Patches of classes, and few interiors, from which it is far to their rims."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    patch, share = draw(st.sampled_from([(2, 0.3), (5, 0.1), (20, 0.02), (20, 0.0)]))
    shape = draw(st.integers(2 * REACH, 5 * REACH)), draw(st.integers(1, 12))
    few = tuple(-(-size // patch) for size in shape)
    classes = random.choice([0, 1, 2], few, p=[share, 1 - 1.5 * share, share / 2])
    classes = np.kron(classes, np.ones((patch, patch)))[: shape[0], : shape[1]]
    seeds = random.random(shape) < draw(st.sampled_from([0.002, 0.005, 0.03]))
    rest = random.choice(draw(st.sampled_from([[20], LEVELS[:4]])), shape)
    interior = np.where(seeds, FULL, rest)
    return classes.astype(np.uint8), interior.astype(np.uint8)


def strips_of(classes: np.ndarray, interior: np.ndarray | None, rows: int) -> Iterator[Strip]:
    for seen, own in spans(len(classes), rows, 0 if interior is None else REACH):
        near = None if interior is None else interior[seen]
        yield Strip(seen.start + own.start, own, classes[seen], near, classes[seen][own])


def objects_of(strips: Iterator[Strip] | list[Strip], least: np.ndarray = NO_LIMIT) -> Objects:
    found = list(objects_in(strips, least))
    return Objects(
        np.concatenate([np.empty(0, object), *(each.outlines for each in found)]),
        np.concatenate([np.empty(0, np.uint8), *(each.kinds for each in found)]),
        np.concatenate([np.empty(0), *(each.confidence for each in found)]),
        np.inf,
    )


def separate(classes: np.ndarray, interior: np.ndarray, least: float = 0.0) -> np.ndarray:
    """The number of each pixel's object, (h, w)."""
    objects = objects_of([one_strip(classes, interior)], np.full(256, least))
    return numbers_of(objects, classes.shape)


def numbers_of(objects: Objects, shape: tuple[int, ...]) -> np.ndarray:
    numbered = list(zip(objects.outlines, range(1, len(objects.outlines) + 1), strict=True))
    return rasterize(numbered, shape, dtype=np.int32) if numbered else np.zeros(shape, np.int32)


def blocks(columns: int = 20) -> Pair:
    """Two halves that touch, each with an interior as far from the middle as the other's."""
    classes, interior = np.ones((8, columns), np.uint8), np.full((8, columns), 20, np.uint8)
    interior[2:6, 3:7] = interior[2:6, columns - 7 : columns - 3] = 240
    return classes, interior


@settings(max_examples=100, deadline=None)
@given(predictions(), st.sampled_from([0.0, 2.0, 6.0]))
def test_every_pixel_keeps_its_class_and_every_object_is_whole(prediction, least: float) -> None:
    classes, interior = prediction
    objects = objects_of([one_strip(classes, interior)], np.full(256, least))
    assert shapely.is_valid(objects.outlines).all()
    assert set(shapely.get_type_id(objects.outlines)) <= {shapely.GeometryType.POLYGON}
    numbers = numbers_of(objects, classes.shape)
    assert np.array_equal(np.append(0, objects.kinds)[numbers], classes)
    assert shapely.area(objects.outlines).sum() == np.count_nonzero(classes)


@settings(max_examples=60, deadline=None)
@given(predictions())
def test_there_are_no_more_objects_than_interiors_and_no_fewer_than_regions(prediction) -> None:
    classes, interior = prediction
    whole, kinds = connected(classes)
    seeds, _ = connected(np.where(interior >= SEED * FULL, classes, 0))
    with_seed = len(np.unique(whole[seeds > 0]))
    objects = objects_of([one_strip(classes, interior)])
    assert len(kinds) - 1 <= len(objects.kinds) <= len(kinds) - 1 - with_seed + seeds.max()


@settings(max_examples=60, deadline=None)
@given(predictions())
def test_without_interiors_what_touches_is_one(prediction) -> None:
    classes, interior = prediction
    for unknown in (None, np.zeros_like(interior)):
        objects = objects_of([one_strip(classes, unknown)])
        whole, kinds = trace(classes)
        assert sorted(objects.kinds) == sorted(kinds)
        assert set(shapely.normalize(objects.outlines)) == set(shapely.normalize(whole))


@settings(max_examples=40, deadline=None)
@given(tall_predictions(), st.integers(1, 100), st.sampled_from([0.0, 4.0, 40.0]), st.booleans())
def test_strips_of_any_height_give_the_same(prediction, rows: int, least: float, fused) -> None:
    classes, interior = prediction
    inside = None if fused else interior
    limit = np.full(256, least)
    once = objects_of(strips_of(classes, inside, len(classes)), limit)
    strips = objects_of(strips_of(classes, inside, rows), limit)
    assert described(once) == described(strips)


@pytest.mark.parametrize("height", [2 * REACH + 1, 2 * REACH + 2, 2 * REACH + 3, 2 * REACH + 9])
@pytest.mark.parametrize("rows", [1, 2, REACH, REACH + 1])
def test_strips_see_as_far_as_interiors_grow(height: int, rows: int) -> None:
    classes, interior = np.ones((height, 2), np.uint8), np.full((height, 2), 20, np.uint8)
    interior[[0, -1]] = FULL
    once, strips = (objects_of(strips_of(classes, interior, each)) for each in (height, rows))
    assert len(once.kinds) == 2
    assert described(once) == described(strips)


@pytest.mark.parametrize("bridge", [1, 20, REACH - 12, REACH - 1, REACH + 5])
@pytest.mark.parametrize("seeds", [REACH - 2, REACH + 2, 2 * REACH])
def test_a_bridge_that_interiors_take_joins_nothing_before_it(bridge: int, seeds: int) -> None:
    edge = 2 * REACH
    classes = np.zeros((edge + 4 * REACH, 9), np.uint8)
    classes[REACH : edge + 3 * REACH, [0, 1, 6, 7]] = 1
    classes[edge + bridge : edge + bridge + 3, :8] = 1
    interior = np.full_like(classes, 20)
    interior[edge + seeds :, [0, 7]] = FULL
    once, strips = (objects_of(strips_of(classes, interior, each)) for each in (1000, edge))
    assert described(once) == described(strips)


def described(objects: Objects) -> dict[str, tuple[int, float]]:
    """Class and confidence of each object by its outline, vertex for vertex."""
    outlines = shapely.to_wkt(objects.outlines).tolist()
    values = zip(objects.kinds.tolist(), objects.confidence.tolist(), strict=True)
    return dict(zip(outlines, values, strict=True))


def test_objects_come_as_soon_as_they_are_complete() -> None:
    classes = np.zeros((30, 10), np.uint8)
    classes[:, 0] = classes[2:4, 4:6] = classes[12:14, 4:6] = 1
    batches = list(objects_in(strips_of(classes, None, 10), NO_LIMIT))
    assert [shapely.bounds(each.outlines)[:, 1].tolist() for each in batches] == [[2], [12], [0]]
    assert [each.pending_from for each in batches] == [0, 0, np.inf]


def test_confidence_is_the_mean_over_the_pixels() -> None:
    classes = np.ones((3, 4), np.uint8)
    certainty = np.full((3, 4), FULL, np.uint8)
    certainty[0] = FULL // 2
    strip = Strip(0, slice(0, 3), classes, None, certainty)
    assert next(objects_in([strip], NO_LIMIT)).confidence == pytest.approx([5 / 6])
    assert np.isnan(next(objects_in([one_strip(classes, None)], NO_LIMIT)).confidence).all()


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, SHAPES, elements=st.sampled_from([0, 1, 2, 255])))
def test_connected_pixels_are_numbered_class_by_class(classes: np.ndarray) -> None:
    numbers, kinds = connected(classes)
    assert np.array_equal(kinds[numbers], classes)
    pieces = sum(ndimage.label(classes == kind)[1] for kind in (1, 2, 255))
    assert np.array_equal(np.union1d([0], numbers), np.arange(pieces + 1))


def test_the_wall_lies_midway_between_interiors() -> None:
    numbers = separate(*blocks())
    left, right = numbers[0, 0], numbers[0, -1]
    assert left != right
    assert (numbers[:, :10] == left).all()
    assert (numbers[:, 10:] == right).all()


@pytest.mark.parametrize(("between", "objects"), [(20, 2), (60, 2), (70, 1), (120, 1)])
def test_objects_are_one_where_no_rim_parts_them(between: int, objects: int) -> None:
    classes, interior = blocks()
    interior[:, 9:11] = between
    assert separate(classes, interior).max() == objects


def test_a_leak_in_a_rim_joins_nothing() -> None:
    classes, interior = blocks()
    interior[4, 7:13] = 160
    assert separate(classes, interior).max() == 2


def test_borders_are_measured_on_both_sides() -> None:
    numbers = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [0, 1, 3, 3]], np.int32)
    interior = np.zeros(numbers.shape, np.uint8)
    interior[:, 1], interior[1, 2:] = 100, 50
    found = meet(numbers, numbers // 3, interior).set_index(["one", "other"])
    assert found.loc[(1, 2)].tolist() == [2, 50 + 75, True]
    assert found.loc[(1, 3)].tolist() == [1, 50, False]
    assert found.loc[(2, 3)].tolist() == [2, 25 + 25, False]


def test_inside_the_row_above_nothing_is_counted_again() -> None:
    numbers = np.array([[1, 2, 2], [3, 3, 4]], np.int32)
    found = meet(numbers, numbers, None, DOWN).set_index(["one", "other"])["edges"]
    assert found.to_dict() == {(1, 3): 1, (2, 3): 1, (2, 4): 1}


def test_other_classes_are_never_entered() -> None:
    classes, interior = blocks()
    classes[:, 12:] = 2
    assert len(np.unique(separate(classes, interior)[:, 12:])) == 1


def test_a_piece_that_is_too_small_goes_to_its_neighbour() -> None:
    classes, interior = blocks()
    interior[0, 9] = 250
    assert separate(classes, interior).max() == 3
    assert separate(classes, interior, least=30.0).max() == 2


def test_what_no_interior_reaches_goes_where_its_border_is_longest() -> None:
    classes = np.ones((40 + REACH, 20), np.uint8)
    interior = np.full(classes.shape, 20, np.uint8)
    interior[:4, :4] = interior[:4, 12:] = 240
    numbers = separate(classes, interior)
    assert numbers.max() == 2
    assert (numbers[-10:] == numbers[0, -1]).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 5)])
def test_the_smallest_rasters(shape: tuple[int, int]) -> None:
    classes = np.ones(shape, np.uint8)
    assert separate(classes, classes * FULL).max() == 1
    assert not separate(classes * 0, classes * FULL).any()
