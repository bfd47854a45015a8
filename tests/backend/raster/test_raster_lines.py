# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters in whole lines, as GDAL writes them by default, are decoded once for a row of tiles."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from affine import Affine

from weft.grid import Window
from weft.raster import RasterReader, Stretch, inspect
from weft.raster.inspect import RasterInfo
from weft.raster.lines import MOST_BYTES, cached_lines, lines_bytes, remark_on_lines

WIDTH, ROWS = 60_000, 640
RGB = (1, 2, 3)


@pytest.fixture
def lines(make_raster: Callable[..., Path]) -> RasterInfo:
    """An image whose row of tiles is larger than GDAL's cache is otherwise."""
    pixels = np.random.default_rng(0).integers(0, 8, (3, ROWS, WIDTH // 3), np.uint8)
    wide = np.tile(pixels, (1, 1, 3))
    return inspect(make_raster(wide, compress="deflate", zlevel=1, interleave="pixel"))


def seconds(info: RasterInfo) -> Iterator[float]:
    """What each of some tiles of the row takes."""
    with RasterReader(info.path, RGB, Stretch((0,) * 3, (255,) * 3)) as reader:
        for column in range(0, 6 * ROWS, ROWS):
            start = time.thread_time()
            reader.read(Window(column, 0, ROWS, ROWS), (ROWS, ROWS))
            yield time.thread_time() - start


def test_each_line_is_decoded_once_for_a_row_of_tiles(lines: RasterInfo) -> None:
    first, *others = seconds(lines)
    assert median(others) > first / 3
    with cached_lines(lines, ROWS):
        first, *others = seconds(lines)
    assert median(others) < first / 3


def test_a_cache_that_the_user_chose_stays(
    lines: RasterInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDAL_CACHEMAX", "64")
    with cached_lines(lines, ROWS):
        first, *others = seconds(lines)
    assert median(others) > first / 3


def test_only_lines_too_long_for_any_cache_are_remarked_on(rgb: Path, lines: RasterInfo) -> None:
    assert lines_bytes(inspect(rgb), ROWS) == 0
    assert remark_on_lines(inspect(rgb), ROWS) is None
    assert remark_on_lines(lines, ROWS) is None
    grid = replace(lines.grid, width=10 * WIDTH, transform=Affine.identity())
    vast = replace(lines, grid=grid, block=(1, 10 * WIDTH))
    assert lines_bytes(vast, ROWS) > MOST_BYTES
    remark = remark_on_lines(vast, ROWS)
    assert remark is not None and "TILED=YES" in remark
