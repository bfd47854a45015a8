# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that overlap are those of the raster, and none of them is read twice."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from weft.errors import RasterError
from weft.polygons import reading
from weft.polygons.reading import Reader

HEIGHT, WIDTH, NODATA = 80, 30, 255


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """Two bands (2, HEIGHT, WIDTH), some of them nodata."""
    return np.random.default_rng(0).integers(250, 256, (2, HEIGHT, WIDTH), dtype=np.uint8)


@pytest.fixture(scope="module")
def path(pixels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reading") / "bands.tif"
    layout = {"tiled": True, "blockxsize": 16, "blockysize": 16, "interleave": "band"}
    with rasterio.open(
        path, "w", driver="GTiff", count=2, height=HEIGHT, width=WIDTH, dtype="uint8",
        nodata=NODATA, **layout,
    ) as dataset:  # fmt: skip
        dataset.write(pixels)
    return path


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), max_size=6), st.integers(1, 9))
def test_rows_are_those_of_the_raster(
    path: Path, pixels: np.ndarray, steps: list[tuple[int, int]], overlap: int
) -> None:
    stop = 0
    with Reader(overlap) as reader:
        for back, on in steps:
            rows = slice(max(0, stop - min(back, overlap)), min(HEIGHT, stop + on))
            for band in (2, 1):
                valid = np.where(pixels[band - 1] == NODATA, 0, pixels[band - 1])
                assert np.array_equal(reader.read(path, band, rows), valid[rows])
            stop = rows.stop


def test_no_row_is_read_twice(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, real = [], reading.read_valid

    def noted(dataset: object, band: int, start: int, out: np.ndarray) -> None:
        read.extend(range(start, start + len(out)))
        real(dataset, band, start, out)

    monkeypatch.setattr(reading, "read_valid", noted)
    with Reader(9) as reader:
        for rows in (slice(0, 32), slice(23, 64), slice(55, HEIGHT), slice(75, HEIGHT)):
            reader.read(path, 1, rows)
    assert read == list(range(HEIGHT))


def test_the_height_of_blocks_is_known(path: Path) -> None:
    with Reader(1) as reader:
        assert reader.block_rows(path) == 16


def test_a_damaged_file_is_named(path: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.tif"
    short.write_bytes(path.read_bytes()[:3000])
    with Reader(1) as reader, pytest.raises(RasterError, match=r"short.tif is damaged.*rows 0 to"):
        reader.read(short, 2, slice(0, HEIGHT))
