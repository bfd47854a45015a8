# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters from other projects' bug trackers end in a result or in one sentence, never otherwise."""

import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from weft.errors import RasterError
from weft.grid import Window
from weft.raster import RasterReader, default_bands, describe, fit_stretch, inspect

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "robustness"
FILES = sorted(file for file in FOLDER.rglob("*") if file.is_file()) if FOLDER.is_dir() else []
SHAPES = ((64, 64), (32, 32), (48, 40), (96, 80))
LONGEST_SECONDS = 20
STATUS = Path("/proc/self/status")


def windows(width: int, height: int) -> list[Window]:
    """Corners, centre, over the edge and beyond it."""
    corners = [
        (0, 0),
        (width - 64, 0),
        (0, height - 64),
        (width - 64, height - 64),
        (width // 2 - 32, height // 2 - 32),
        (-30, -30),
        (width + 50, height + 50),
    ]
    return [Window(column, row, 64, 64) for column, row in corners]


def use(path: Path) -> None:
    """All that prediction asks of a raster."""
    info = inspect(path)
    assert describe(info)["width"] == info.grid.width
    bands = default_bands(info)
    stretch = fit_stretch([info], bands)
    with RasterReader(path, bands, stretch) as reader:
        for window in windows(info.grid.width, info.grid.height):
            for shape in SHAPES:
                patch = reader.read(window, shape)
                assert patch.pixels.shape == (len(bands), *shape)
                assert patch.valid.shape == shape
                assert patch.pixels.min() >= 0 and patch.pixels.max() <= 1
            own = reader.read(window, (window.height, window.width)).valid
            assert np.array_equal(reader.valid(window), own)


@pytest.mark.skipif(not FILES, reason="the shared robustness rasters are not beside this checkout")
@pytest.mark.parametrize("path", FILES, ids=[file.relative_to(FOLDER).as_posix() for file in FILES])
def test_a_result_or_one_sentence(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    try:
        use(path)
    except RasterError as error:
        message = str(error)
        assert message.startswith(str(path)) and message.endswith(".") and "\n" not in message
    assert time.monotonic() - started < LONGEST_SECONDS
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not FILES, reason="the shared robustness rasters are not beside this checkout")
@pytest.mark.skipif(not STATUS.exists(), reason="peak memory is read from Linux's accounting")
def test_all_of_them_stay_within_memory() -> None:
    # a process of its own: this one's peak belongs to whatever ran before
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(peak_mebibytes, FILES).result() < 2048


def peak_mebibytes(paths: list[Path]) -> int:
    """The most memory that this process ever had after all of `paths`."""
    for path in paths:
        with suppress(RasterError):
            use(path)
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
