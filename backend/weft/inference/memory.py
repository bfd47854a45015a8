# SPDX-License-Identifier: GPL-3.0-or-later
"""The largest tiles that fit into the memory that a prediction may take."""

import math
import threading
from collections.abc import Callable

import numpy as np
import psutil

from weft.errors import RequestError
from weft.inference.batcher import WAITING
from weft.inference.engines import Engine
from weft.inference.pipeline import READ_AHEAD
from weft.inference.plan import MOST_TILE, Plan, Tiling
from weft.raster.inspect import RasterInfo
from weft.raster.lines import cache_bytes

FLOAT = np.float32().nbytes
WORKING = 128 * 2**20  # bytes for compression and overviews
SIDES = (MOST_TILE, 512, 384, 256)
PROBE = 512  # pixels; of smaller tiles the engine's own buffers would be most
SAMPLES_S = 0.002


def fitting_tile(
    engine: Engine, bands: int, tiling: Tiling, limit: int, rest: Callable[[int], int]
) -> int:
    """The largest side of tiles with which this process stays below `limit` bytes.

    What a tile takes is measured on one, and the engine has one lane; `rest` tells what a
    prediction with tiles of a side holds besides. RequestError when not even the smallest fits.
    """
    least = tiling.sides[0]
    # few sides, so that the same limit gives the same again
    sides = [side for side in SIDES if side > least] + [least]
    probe = tiling.multiple * max(1, round(PROBE / tiling.multiple))
    pixels = np.zeros((1, bands, probe, probe), np.float32)
    before = psutil.Process().memory_info().rss
    taken = highest(lambda: engine.predict(pixels)) - before
    waiting = (READ_AHEAD + WAITING + 2) * (4 * bands + 1)
    needs = [before + (taken / probe**2 + waiting) * side**2 + rest(side) for side in sides]
    for side, need in zip(sides, needs, strict=True):
        if need <= limit:
            return side
    # rounded up, so that what is told does
    least_gb = math.ceil(needs[-1] / 1e8) / 10
    raise RequestError(
        f"This prediction takes at least {least_gb:.1f} GB of memory; give --memory more."
    )


def held(info: RasterInfo, plan: Plan, levels: int) -> int:
    """Bytes that predicting so many `levels` of a part of an image holds beside the engine's."""
    size = plan.rows.spans[0].size
    # across the image, sums of what the next row of tiles changes
    sums = FLOAT * levels * plan.columns.length * plan.columns.overlap
    # in the image's own pixels, which may be many more than the network's: a tile's probabilities,
    # the same weighted and summed up, and masks of those that wait
    tile = size**2 * (4 * FLOAT * levels + READ_AHEAD)
    return sums + tile + cache_bytes(info, size) + WORKING


def highest(work: Callable[[], object]) -> int:
    """The most resident memory of this process, in bytes, while `work` is done."""
    process, over = psutil.Process(), threading.Event()
    peak = process.memory_info().rss

    def watch() -> None:
        nonlocal peak
        while not over.wait(SAMPLES_S):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch, name="memory watcher", daemon=True)
    watcher.start()
    try:
        work()
    finally:
        over.set()
        watcher.join()
    return max(peak, process.memory_info().rss)
