# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads tiles ahead in a thread, has them predicted, and yields finished blocks."""

from collections.abc import Callable, Generator
from contextlib import closing
from itertools import product
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from weft.ahead import ahead
from weft.grid import Window
from weft.inference.batcher import Batcher, Tile
from weft.inference.blend import Block, TileBlender
from weft.inference.engines import Batch, Engine
from weft.inference.lanes import Lanes
from weft.inference.plan import Plan
from weft.raster.lines import cached_lines
from weft.raster.read import Patch, RasterReader
from weft.raster.stretch import Stretch

READ_AHEAD = 4
MASK_ROWS = 512


def predict_blocks(
    path: Path,
    bands: tuple[int, ...],
    stretch: Stretch,
    engine: Engine,
    plan: Plan,
    bands_out: int,
    on_tiles: Callable[[int], None],
    tile_rows: range | None = None,
) -> Generator[Block, None, None]:
    """Blocks of probabilities, `bands_out` a pixel, one for each tile in reading order.

    They are those of all rows of tiles, or of some. `on_tiles` hears how many tiles of the plan are
    done, and may raise to stop; so may the consumer, by closing the iterator.
    """
    wanted = range(len(plan.rows.spans)) if tile_rows is None else tile_rows
    if not wanted:
        return
    needed = plan.rows_needed(wanted)
    blender = TileBlender(plan.rows, plan.columns, bands_out)
    done = needed.start * len(plan.columns.spans)
    tiles = ahead(read_tiles(path, bands, stretch, plan, needed), READ_AHEAD, "tile reader")
    # more lanes than tiles would leave threads without work
    with closing(tiles), Lanes(min(engine.lanes, plan.tiles)) as lanes:
        for tile, probabilities in Batcher(engine, lanes).run(tiles):
            grown = None if probabilities is None else to_tile_size(probabilities, plan)
            block = blender.add(tile.row, tile.column, grown, tile.patch.valid)
            done += 1
            on_tiles(done)
            if tile.row in wanted:
                yield block


def read_tiles(
    path: Path, bands: tuple[int, ...], stretch: Stretch, plan: Plan, rows: range
) -> Generator[Tile, None, None]:
    """Some rows of tiles in order."""
    height = plan.rows.spans[0].size
    with RasterReader(path, bands, stretch) as reader, cached_lines(reader.info, height):
        for row, column in product(rows, range(len(plan.columns.spans))):
            yield Tile(row, column, read_tile(reader, plan, plan.window(row, column)))


def read_tile(reader: RasterReader, plan: Plan, window: Window) -> Patch:
    """A tile's pixels as the network sees them, and which of the image's own are wanted there."""
    side, shape = plan.side, (window.height, window.width)
    inside = plan.part.mask(window)
    if inside is not None and not inside.any():
        blank = np.zeros((reader.bands, side, side), np.float32)
        return Patch(blank, np.zeros(shape, np.bool_))
    patch = reader.read(window, (side, side))
    valid = patch.valid if (side, side) == shape else exact_mask(reader, window)
    return Patch(patch.pixels, valid if inside is None else valid & inside)


def to_tile_size(probabilities: Batch, plan: Plan) -> Batch:
    """Probabilities (K + 1, side, side) of the network's tile in the image's own pixels."""
    size = plan.rows.spans[0].size
    if size == plan.side:
        return probabilities
    grown = F.interpolate(
        torch.from_numpy(probabilities)[None],
        (size, size),
        mode="bilinear",
        align_corners=False,
        antialias=size < plan.side,
    )
    return grown[0].numpy()


def exact_mask(reader: RasterReader, window: Window) -> NDArray[np.bool_]:
    """Which of the image's own pixels in `window` are valid, read in parts to save memory."""
    starts = range(0, window.height, MASK_ROWS)
    rows = [(window.row + start, min(MASK_ROWS, window.height - start)) for start in starts]
    parts = [Window(window.column, first, window.width, count) for first, count in rows]
    return np.concatenate([reader.valid(part) for part in parts])
