# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of any size from one small image, mirrored over and over."""

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling

from weft.grid import Grid, Window
from weft.raster.inspect import inspect
from weft.raster.write import RasterWriter

ROWS = 512


def write_mirrored(source: Path, out: Path, side: int) -> None:
    """Write an image of side x side pixels whose mirrored tiles are the image at `source`."""
    grid = inspect(source).grid
    with rasterio.open(source) as dataset:
        pixels = dataset.read()
    columns = mirrored(side, grid.width)
    rows = mirrored(side, grid.height)
    large = Grid(grid.crs, grid.transform, side, side)
    with RasterWriter(out, large, len(pixels), resampling=Resampling.average) as writer:
        for row in range(0, side, ROWS):
            strip = pixels[:, rows[row : row + ROWS]][:, :, columns]
            writer.write(strip, Window(0, row, side, strip.shape[1]))


def mirrored(count: int, length: int) -> NDArray[np.intp]:
    """`count` indexes that run to and fro over 0..length - 1."""
    place = np.arange(count) % (2 * length)
    return np.minimum(place, 2 * length - 1 - place)
