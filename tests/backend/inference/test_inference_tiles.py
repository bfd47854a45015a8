# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles cover every pixel, and blending gives back what was there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import place_of, plain_grid

from weft.errors import RequestError
from weft.inference.blend import TileBlender
from weft.inference.part import whole_image
from weft.inference.plan import LEAST_TILE, MOST_TILE, Tiling, choose_tiling, plan_tiles
from weft.inference.tiles import LARGEST_TILE, Axis, choose_overlap, choose_tile, plan_axis


@st.composite
def axes(draw: st.DrawFn, longest: int = 3000) -> Axis:
    """Any axis that `plan_tiles` may ask for."""
    tile = draw(st.integers(2, 700))
    return plan_axis(draw(st.integers(1, longest)), tile, draw(st.integers(0, tile // 2)))


@given(axes())
@settings(max_examples=300, deadline=None)
def test_weights_sum_to_one_at_every_pixel(axis: Axis) -> None:
    start = axis.spans[0].start
    total = np.zeros(axis.spans[-1].stop - start, np.float64)
    for index, span in enumerate(axis.spans):
        weights = axis.weights(index)
        assert (weights >= 0).all()
        total[span.start - start : span.stop - start] += weights
    np.testing.assert_allclose(total[-start : axis.length - start], 1, rtol=1e-5)


@given(axes())
@settings(max_examples=300, deadline=None)
def test_tiles_cover_the_image_and_no_tile_is_superfluous(axis: Axis) -> None:
    first, last = axis.spans[0], axis.spans[-1]
    assert first.start <= 0 and last.stop >= axis.length
    for span, following in zip(axis.spans[:-1], axis.spans[1:], strict=True):
        assert following.start == span.stop - axis.overlap
        assert span.stop < axis.length + axis.overlap
    assert {span.size for span in axis.spans} == {first.size}


@given(axes())
@settings(max_examples=100, deadline=None)
def test_the_image_ends_away_from_the_ends_of_tiles(axis: Axis) -> None:
    around = axis.overlap // 2
    assert axis.spans[0].start == -around
    assert axis.spans[-1].stop >= axis.length + around


@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    side=st.sampled_from([32, 64, 96, 256]),
    overlap=st.integers(0, 128),
    scale=st.floats(1 / 8, 8),
)
@settings(max_examples=300, deadline=None)
def test_any_scale_gives_a_plan_whose_weights_sum_to_one(
    width: int, height: int, side: int, overlap: int, scale: float
) -> None:
    plan = plan_tiles(whole_image(plain_grid(width, height)), scale, side, min(overlap, side // 2))
    for axis in (plan.rows, plan.columns):
        total = np.zeros(axis.length)
        for index, span in enumerate(axis.spans):
            inside = slice(max(0, span.start), min(axis.length, span.stop))
            total[inside] += axis.weights(index)[inside.start - span.start :][: len(total[inside])]
        np.testing.assert_allclose(total, 1, rtol=1e-5)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_blending_pieces_of_a_field_gives_the_field(data: st.DataObject) -> None:
    side = data.draw(st.integers(2, 90), "tile")
    overlap = data.draw(st.integers(0, side // 2), "overlap")
    height, width = (data.draw(st.integers(1, 150), name) for name in ("height", "width"))
    rng = np.random.default_rng(0)
    field = rng.random((2, height, width), np.float32)
    known = rng.random((height, width)) < 0.8
    rows, columns = plan_axis(height, side, overlap), plan_axis(width, side, overlap)
    blender = TileBlender(rows, columns, 2)
    result, valid = np.full_like(field, np.nan), np.zeros_like(known)
    times = np.zeros(known.shape, int)
    around = 2 * side
    padded = np.pad(field, ((0, 0), (around, around), (around, around)), constant_values=9)
    outside = np.pad(known, around)
    for row, down in enumerate(rows.spans):
        for column, across in enumerate(columns.spans):
            part = (
                slice(down.start + around, down.stop + around),
                slice(across.start + around, across.stop + around),
            )
            block = blender.add(row, column, padded[:, *part], outside[part])
            place = place_of(block)
            result[:, *place], valid[place] = block.probabilities, block.valid
            times[place] += 1
    assert (times == 1).all()
    np.testing.assert_allclose(result, field, rtol=1e-5, atol=1e-6)
    assert (valid == known).all()


@pytest.mark.parametrize(
    ("wish", "multiple", "side"), [(None, 32, 512), (None, 224, 448), (64, 32, 64), (224, 224, 224)]
)
def test_a_tile_that_suits_the_network(wish: int | None, multiple: int, side: int) -> None:
    assert choose_tile(wish, multiple) == side


@pytest.mark.parametrize("wish", [-32, 0, 16, 100, LARGEST_TILE + 32])
def test_tiles_that_do_not(wish: int) -> None:
    with pytest.raises(RequestError, match="choose --tile"):
        choose_tile(wish, 32)


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([32, 64, 224, 896]))
def test_an_image_gets_the_tiles_that_take_the_least_time(
    width: int, height: int, multiple: int
) -> None:
    part, tiling = whole_image(plain_grid(width, height)), Tiling(multiple)
    plan = tiling.plan(part, 1.0)
    assert plan.side % multiple == 0
    assert plan.side <= max(MOST_TILE, multiple)
    for side in tiling.sides:
        assert plan.effort <= plan_tiles(part, 1.0, side, choose_overlap(None, side)).effort


def test_a_small_image_is_one_tile_and_a_large_one_has_large_tiles() -> None:
    small, large = (
        Tiling(32).plan(whole_image(plain_grid(side, side)), 1.0) for side in (300, 20000)
    )
    assert (small.tiles, small.side) == (1, 384)
    assert large.side > 0.9 * MOST_TILE


def test_tiles_have_the_side_and_the_overlap_that_were_asked_for() -> None:
    plan = choose_tiling(128, 20, 32).plan(whole_image(plain_grid(1000, 1000)), 1.0)
    assert (plan.side, plan.rows.overlap) == (128, 20)
    assert min(choose_tiling(None, 200, 32).sides) == 416
    assert min(choose_tiling(None, None, 32).sides) == LEAST_TILE
    with pytest.raises(RequestError, match="choose --overlap from 0 to 320"):
        choose_tiling(None, 321, 32)


def test_the_overlap_shrinks_with_the_tile_unless_it_was_asked_for() -> None:
    assert choose_overlap(None, 512) == 64
    assert choose_overlap(None, 64) == 16
    assert choose_overlap(0, 64) == 0
    with pytest.raises(RequestError, match="choose --overlap from 0 to 32"):
        choose_overlap(33, 64)
