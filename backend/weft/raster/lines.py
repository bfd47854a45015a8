# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters whose blocks are whole lines: a row of tiles needs all of them, tile after tile.

Where GDAL's cache is too small for them, each tile decodes them again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import rasterio

from weft.raster.inspect import RasterInfo
from weft.raster.opening import CACHE_MIB

LEAST_BYTES, MOST_BYTES = CACHE_MIB * 2**20, 2**29


def lines_bytes(info: RasterInfo, rows: int) -> int:
    """What the lines of so many rows of pixels take; 0 where blocks are narrower than the image."""
    height, width = info.block
    if width < info.grid.width:
        return 0
    # GDAL keeps all bands of a block, and counts what it knows of the block, too
    pixel = np.dtype(info.dtype).itemsize * len(info.photometric)
    return round(1.1 * (rows + 2 * height) * width * pixel)


def cache_bytes(info: RasterInfo, rows: int) -> int:
    """What GDAL's cache may hold while rows of tiles of that height are read."""
    return min(max(lines_bytes(info, rows), LEAST_BYTES), MOST_BYTES)


@contextmanager
def cached_lines(info: RasterInfo, rows: int) -> Iterator[None]:
    """Give GDAL's cache that size, unless the user has chosen one."""
    wanted = cache_bytes(info, rows)
    if wanted == LEAST_BYTES or os.environ.get("GDAL_CACHEMAX") != str(CACHE_MIB):
        yield
        return
    with rasterio.Env(GDAL_CACHEMAX=wanted):
        yield


def remark_on_lines(info: RasterInfo, rows: int) -> str | None:
    """What would make a raster faster to read whose lines are too long for any cache."""
    if lines_bytes(info, rows) <= MOST_BYTES:
        return None
    return (
        f"{info.path.name} is stored line by line, and its lines are so long that each is read "
        "many times; a copy in tiles is predicted faster (in QGIS: Raster > Conversion > "
        "Translate…, with the creation option TILED=YES)."
    )
