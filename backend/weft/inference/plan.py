# SPDX-License-Identifier: GPL-3.0-or-later
"""How a part of an image is cut into tiles."""

import math
from dataclasses import dataclass

from weft.grid import Window
from weft.inference.part import Part
from weft.inference.tiles import Axis, choose_overlap, choose_tile, plan_axis

LEAST_TILE, MOST_TILE = 256, 640
# Two cores took 0.55 s for a megapixel in one tile, and 0.07 s more for each tile.
TILE_EFFORT = 0.126e6


@dataclass(frozen=True)
class Plan:
    """How a part of an image is cut: tile grid in image pixels, and a tile's side for the network.

    Rows and columns count from the corner of `part`.
    """

    part: Part
    rows: Axis
    columns: Axis
    side: int

    @property
    def tiles(self) -> int:
        """The number of tiles."""
        return len(self.rows.spans) * len(self.columns.spans)

    @property
    def effort(self) -> float:
        """What the network does for it, in pixels; to begin a tile counts as some."""
        return self.tiles * (self.side**2 + TILE_EFFORT)

    def top(self, row: int) -> int:
        """The first pixel row that this row of tiles makes final; they are final to before the
        next one's.
        """
        return self.rows.ends[row - 1] if row else 0

    def rows_done(self, finished: int) -> int:
        """How many rows of tiles need not be predicted where so many pixel rows are there."""
        return sum(end <= finished for end in self.rows.ends)

    def rows_needed(self, wanted: range) -> range:
        """The rows of tiles to predict for those wanted: the one above reaches into the first."""
        return range(max(0, wanted.start - 1), wanted.stop) if wanted else wanted

    def window(self, row: int, column: int) -> Window:
        """The window on the image of the tile at (row, column) of the tile grid."""
        down, across = self.rows.spans[row], self.columns.spans[column]
        corner = self.part.window
        return Window(corner.column + across.start, corner.row + down.start, across.size, down.size)


def plan_tiles(part: Part, scale: float, side: int, overlap: int) -> Plan:
    """The plan for an image of `scale` times the model's GSD; `side`, `overlap` in model pixels."""
    height, width = part.window.height, part.window.width
    tile = max(2, round(side / scale))
    # Rounded up, two overlaps would meet in the middle of a tile, and weights not sum to one.
    shared = min(round(overlap / scale), tile // 2)
    return Plan(part, plan_axis(height, tile, shared), plan_axis(width, tile, shared), side)


@dataclass(frozen=True)
class Tiling:
    """How images are cut, in pixels of the model's GSD: sides are multiples of `multiple`.

    Without a `side`, each part of an image gets that of the least effort, up to `most`.
    """

    multiple: int
    side: int | None = None
    overlap: int | None = None
    most: int = MOST_TILE

    def plan(self, part: Part, scale: float) -> Plan:
        """The plan for an image of `scale` times the model's GSD."""
        plans = (
            plan_tiles(part, scale, side, choose_overlap(self.overlap, side)) for side in self.sides
        )
        return min(plans, key=lambda plan: plan.effort)

    @property
    def sides(self) -> range:
        """All that may be chosen from."""
        if self.side is not None:
            return range(self.side, self.side + 1)
        smallest = max(LEAST_TILE, 2 * (self.overlap or 0))
        least = self.multiple * math.ceil(smallest / self.multiple)
        return range(least, max(least, self.most) + 1, self.multiple)


def choose_tiling(side: int | None, overlap: int | None, multiple: int) -> Tiling:
    """Tiles by wish; RequestError where a wish does not suit a network of that `multiple`."""
    tile = None if side is None else choose_tile(side, multiple)
    choose_overlap(overlap, tile or max(MOST_TILE, multiple))
    return Tiling(multiple, tile, overlap)
