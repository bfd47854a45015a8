# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles stay within the memory that was given."""

import time

import numpy as np
import psutil
import pytest

from weft.errors import RequestError
from weft.inference.engines import Batch
from weft.inference.memory import SIDES, fitting_tile, highest
from weft.inference.plan import Tiling

GB = 1e9
BYTES_A_PIXEL = 1000


class Hungry:
    """An engine that takes so many bytes a pixel."""

    name, batch = "hungry", 1

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
