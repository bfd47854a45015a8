# SPDX-License-Identifier: GPL-3.0-or-later
"""Each tile is seen several ways, and turning the image changes nothing any more."""

from pathlib import Path

import numpy as np
import pytest
from small_networks import (
    FunctionEngine,
    first_band,
    plain_grid,
    predict_whole,
    small_model,
    small_network,
    write_image,
)

from weft.device import cpu
from weft.errors import RequestError
from weft.inference.engines import Batch, TorchEngine
from weft.inference.part import whole_image
from weft.inference.plan import Plan, Tiling
from weft.inference.tta import WAYS, Way, choose_ways, in_ways
from weft.jobs.engine_choice import prepare
from weft.jobs.predict_request import PredictRequest
from weft.progress import Context
from weft.raster import inspect

EVERY_WAY = WAYS[8]


def engine(count: int) -> TorchEngine:
    network = small_network("test_resnet", "weft")
    once = TorchEngine(network, cpu("test").in_full_precision())
    return in_ways(once, count)  # type: ignore[return-value]


def tiles(count: int = 1) -> Batch:
    return np.random.default_rng(0).random((count, 3, 64, 64), np.float32)


def whole(side: int) -> Plan:
    return Tiling(32).plan(whole_image(plain_grid(side, side)), 1.0)


@pytest.mark.parametrize("way", EVERY_WAY)
def test_what_is_turned_is_turned_back(way: Way) -> None:
    np.testing.assert_array_equal(way.undone(way.seen(tiles(2))), tiles(2))


def test_no_two_ways_are_the_same() -> None:
    seen = {way.seen(tiles()).tobytes() for way in EVERY_WAY}
    assert len(seen) == 8 and [len(set(ways)) for ways in WAYS.values()] == list(WAYS)


@pytest.mark.parametrize(("count", "ways"), [(2, WAYS[2]), (4, WAYS[4]), (8, EVERY_WAY)])
def test_the_answer_turns_with_the_image(count: int, ways: tuple[Way, ...]) -> None:
    many, once = engine(count), engine(1)
    answer = many.predict(tiles())
    for way in ways[1:]:
        turned = way.undone(many.predict(way.seen(tiles())))
        np.testing.assert_allclose(turned, answer, atol=1e-5)
        # which the network alone would not give
        alone = way.undone(once.predict(way.seen(tiles()))) - once.predict(tiles())
        assert np.abs(alone).max() > 1e-3


def test_the_answer_is_the_mean_of_the_ways() -> None:
    once = engine(1)
    each = [way.undone(once.predict(way.seen(tiles(2)))) for way in WAYS[4]]
    np.testing.assert_allclose(engine(4).predict(tiles(2)), np.mean(each, axis=0), atol=1e-6)


def test_what_every_way_sees_lands_where_it_was_read(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (1, 90, 130), np.uint8)
    path = write_image(tmp_path / "noise.tif", pixels)
    many = in_ways(FunctionEngine(first_band), 8)
    found, valid = predict_whole(path, many, 64, 16)
    assert valid.all()
    np.testing.assert_allclose(found[0], pixels[0] / 255, atol=1e-5)


def test_small_images_are_seen_several_ways_and_large_ones_once() -> None:
    sides = [700, 1500, 2000, 3000, 8192]
    assert [choose_ways(None, [whole(side)]) for side in sides] == [8, 8, 4, 2, 1]
    # many small ones are as much work as a large one
    assert choose_ways(None, [whole(700)] * 14) == 2
    assert choose_ways(8, [whole(8192)]) == 8 and choose_ways(1, [whole(100)]) == 1


def test_a_number_of_ways_that_cannot_be_had_is_told() -> None:
    with pytest.raises(RequestError, match=r"^--tta 3 makes no sense; give 1, 2, 4, 8\.$"):
        choose_ways(3, [whole(100)])


@pytest.mark.parametrize("wish", [None, 1, 2])
def test_rows_of_one_number_of_ways_do_not_go_on_with_another(
    tmp_path: Path, wish: int | None
) -> None:
    pixels = np.random.default_rng(0).integers(1, 200, (3, 210, 170)).astype(np.uint8)
    info = inspect(write_image(tmp_path / "town.tif", pixels))
    request = PredictRequest(tmp_path / "a.weft", (), tmp_path, device="cpu", tta=wish)
    model = small_model("test_resnet", "linear")
    ready = prepare(request, model, {info: whole_image(info.grid)}, Context(tmp_path))
    words = {None: ", each tile 8 ways", 1: "", 2: ", each tile 2 ways"}[wish]
    assert ready.engine_name == TorchEngine(model.network, cpu("test")).name + words
