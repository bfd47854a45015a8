# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to look in a raster for a fair sample of its values without decoding all of it."""

import math

from rasterio.windows import Window as Box

from weft.grid import Window
from weft.raster.inspect import RasterInfo

MOST_DECODED = 2**24  # pixels that a sample may make GDAL decode (4096 x 4096)
FEWEST_BLOCKS = 4


def sample_boxes(info: RasterInfo, most: int) -> list[tuple[Box, tuple[int, int]]]:
    """Boxes of the raster and the shape (h, w) to read each in; about `most` pixels together.

    The whole raster in one decimated read where that is cheap, else blocks on a regular grid: a
    block is what GDAL decodes at least.
    """
    height, width = info.grid.height, info.grid.width
    if _decoded(info, most) <= MOST_DECODED:
        return [(Box(0, 0, width, height), _shrunk(height, width, most))]
    boxes = _regular_blocks(info)
    return [(box, _shrunk(box.height, box.width, max(1, most // len(boxes)))) for box in boxes]


def decoded(info: RasterInfo, window: Window) -> int:
    """Pixels that GDAL decodes for `window` at full resolution: whole blocks.

    Formats that are read line by line, such as PNG, decode all lines above it, too.
    """
    height, width = info.block
    if height == 1 and info.driver != "GTiff":
        return info.grid.width * (window.row + window.height)
    rows = (window.row + window.height - 1) // height - window.row // height + 1
    columns = (window.column + window.width - 1) // width - window.column // width + 1
    return rows * height * columns * width


def _decoded(info: RasterInfo, most: int) -> int:
    """Pixels that GDAL decodes for a read of the whole raster in about `most` pixels."""
    area = info.grid.height * info.grid.width
    wanted = math.sqrt(area / most)
    factor = max((factor for factor in info.overviews if factor <= wanted), default=1)
    return area // factor**2


def _shrunk(height: int, width: int, most: int) -> tuple[int, int]:
    """The shape (h, w) of at most `most` pixels that keeps the proportions if it can."""
    factor = max(1.0, math.sqrt(height * width / most))
    rows = max(1, int(height / factor))
    columns = max(1, min(width, most // rows, math.ceil(width / factor)))
    return min(height, rows, max(1, most // columns)), columns


def _regular_blocks(info: RasterInfo) -> list[Box]:
    high, wide = info.block
    rows, columns = math.ceil(info.grid.height / high), math.ceil(info.grid.width / wide)
    count = max(FEWEST_BLOCKS, MOST_DECODED // (high * wide))
    across = min(columns, max(1, round(math.sqrt(count * columns / rows))))
    down = min(rows, max(1, count // across))
    return [
        _block(info, _spread(j, down, rows) * high, _spread(i, across, columns) * wide)
        for j in range(down)
        for i in range(across)
    ]


def _spread(place: int, places: int, count: int) -> int:
    """The one of `count` blocks in the middle of the `place`-th of `places` equal parts."""
    return min(count - 1, int((place + 0.5) * count / places))


def _block(info: RasterInfo, row: int, column: int) -> Box:
    high, wide = info.block
    return Box(column, row, min(wide, info.grid.width - column), min(high, info.grid.height - row))
