# SPDX-License-Identifier: GPL-3.0-or-later
"""What predict needs hardly grows with the image."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window
from small_networks import write_image

SCRIPT = Path(__file__).with_name("measure_memory.py")
MOST_GROWTH_MB = 200


def write_large(path: Path, side: int) -> Path:
    """Coarse noise, quick to compress; written in strips."""
    noise = np.random.default_rng(0).integers(1, 255, (3, 32, 32), np.uint8)
    tile = noise.repeat(16, axis=1).repeat(16, axis=2)
    profile = {"tiled": True, "blockxsize": 512, "blockysize": 512}
    write_image(path, tile[:, :1, :1], width=side, height=side, **profile)
    with rasterio.open(path, "r+") as dataset:
        for row in range(0, side, 512):
            strip = np.tile(np.roll(tile, row // 32, axis=2), (1, 1, side // 512))
            dataset.write(strip, window=Window(0, row, side, 512))
    return path


def peak_mb(image: Path) -> float:
    environment = os.environ | {"OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, SCRIPT, image], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in kilobytes on Linux")
def test_an_image_sixteen_times_as_large_takes_little_more(tmp_path: Path) -> None:
    small = peak_mb(write_large(tmp_path / "small.tif", 2048))
    large = peak_mb(write_large(tmp_path / "large.tif", 8192))
    print(f"2048 px: {small:.0f} MB, 8192 px: {large:.0f} MB")
    assert large - small < MOST_GROWTH_MB
