# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles stay within the memory that was given."""

import time
import tracemalloc
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from small_networks import write_image

from weft.errors import RequestError
from weft.inference.blend import TileBlender
from weft.inference.engines import Batch
from weft.inference.memory import SIDES, WORKING, fitting_tile, held, highest
from weft.inference.part import whole_image
from weft.inference.plan import Tiling, plan_tiles
from weft.jobs.predicted import quantise
from weft.raster import inspect
from weft.raster.lines import cache_bytes

GB = 1e9
BYTES_A_PIXEL = 1000


class Hungry:
    """An engine that takes so many bytes a pixel."""

    name, batch, lanes = "hungry", 1, 1

    def predict(self, pixels: Batch) -> Batch:
        held = np.ones(pixels.shape[-1] ** 2 * BYTES_A_PIXEL, np.uint8)
        time.sleep(0.05)
        assert held[-1] == 1
        return pixels


def test_what_was_held_only_for_a_while_counts() -> None:
    before = psutil.Process().memory_info().rss
    taken = highest(lambda: Hungry().predict(np.zeros((1, 3, 512, 512), np.float32))) - before
    assert taken > 0.9 * 512**2 * BYTES_A_PIXEL


def tile_for(gigabytes: float, multiple: int = 32, rest: int = 0) -> int:
    tiling, here = Tiling(multiple), psutil.Process().memory_info().rss
    return fitting_tile(Hungry(), 3, tiling, int(here + gigabytes * GB), lambda side: rest)


@pytest.mark.parametrize(("gigabytes", "side"), [(2.0, 640), (0.35, 512), (0.09, 256)])
def test_the_less_memory_the_smaller_the_tiles(gigabytes: float, side: int) -> None:
    assert tile_for(gigabytes) == side


def test_what_else_a_prediction_holds_counts() -> None:
    assert tile_for(2.0, rest=int(1.65 * GB)) == 512


def test_the_smallest_tile_is_what_the_network_takes() -> None:
    assert tile_for(0.24, multiple=448) == 448
    assert 448 not in SIDES


def test_too_little_memory_is_told_with_what_would_do() -> None:
    with pytest.raises(RequestError, match=r"at least \d+\.\d GB of memory; give --memory more"):
        tile_for(0.01)


def test_the_memory_that_is_told_to_do_does(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=0))
    monkeypatch.setattr("psutil.Process", lambda: nothing)
    tiling, rest = Tiling(32), int(1.51 * GB)
    with pytest.raises(RequestError, match=r"at least 1\.6 GB of memory"):
        fitting_tile(Hungry(), 3, tiling, int(1.5 * GB), lambda side: rest)
    assert fitting_tile(Hungry(), 3, tiling, int(1.6 * GB), lambda side: rest)


def test_tiles_of_a_finer_image_are_counted_in_its_own_pixels(tmp_path: Path) -> None:
    info = inspect(write_image(tmp_path / "fine.tif", np.ones((1, 2048, 2048), np.uint8)))
    plan = plan_tiles(whole_image(info.grid), 0.25, 256, 32)
    size, levels = plan.rows.spans[0].size, 3
    assert size == 1024
    valid = np.ones((size, size), bool)
    tracemalloc.start()
    blender = TileBlender(plan.rows, plan.columns, levels)
    for row, column in product(range(2), range(2)):
        grown = np.full((levels, size, size), 0.2, np.float32)
        block = blender.add(row, column, grown, valid)
        quantise(block.probabilities, block.valid)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    counted = held(info, plan, levels) - WORKING - cache_bytes(info, size)
    assert 0.7 * counted < peak < 1.1 * counted
