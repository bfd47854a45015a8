# SPDX-License-Identifier: GPL-3.0-or-later
"""Test-time augmentation: each tile is seen several ways, and the answers are averaged.

From above nothing has a right way up, but a network answers a little differently when a tile is
turned or mirrored. Errors of that kind differ from way to way, and the mean has fewer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weft.errors import RequestError
from weft.inference.engines import Batch, Engine
from weft.inference.plan import Plan

# Pixels for the network, all ways together: a minute on two cores without bfloat16. What is gained
# by it is told in docs/methods.md.
AUTO_EFFORT = 40e6


@dataclass(frozen=True)
class Way:
    """How a tile is turned, by quarters against the clock, and then mirrored left to right."""

    quarters: int
    mirrored: bool = False

    def seen(self, tiles: Batch) -> Batch:
        """Square tiles (B, C, side, side), as the network is shown them."""
        turned = np.rot90(tiles, self.quarters, (2, 3))
        return np.ascontiguousarray(turned[..., ::-1] if self.mirrored else turned)

    def undone(self, tiles: Batch) -> Batch:
        """The same the right way up."""
        return np.rot90(tiles[..., ::-1] if self.mirrored else tiles, -self.quarters, (2, 3))


TURNED = tuple(Way(quarters) for quarters in range(4))
WAYS = {
    1: TURNED[:1],
    2: TURNED[::2],
    4: TURNED,
    8: (*TURNED, *(Way(quarters, mirrored=True) for quarters in range(4))),
}


class ManyWays:
    """Asks another engine about each tile in several ways; what it predicts is their mean."""

    def __init__(self, engine: Engine, ways: Sequence[Way]) -> None:
        self._engine, self._ways = engine, ways
        self.name = f"{engine.name}, each tile {len(ways)} ways"
        self.batch, self.lanes = engine.batch, engine.lanes

    def predict(self, pixels: Batch) -> Batch:
        """See `Engine`."""
        first, *others = (way.undone(self._engine.predict(way.seen(pixels))) for way in self._ways)
        total = np.array(first)
        for each in others:
            total += each
        return total / np.float32(len(self._ways))


def in_ways(engine: Engine, count: int) -> Engine:
    """The engine itself, or one that asks it `count` ways."""
    return engine if count == 1 else ManyWays(engine, WAYS[count])


def choose_ways(wish: int | None, plans: Sequence[Plan]) -> int:
    """How many ways to see each tile: by wish, or as many as do not take long.

    RequestError for a wish that cannot be had.
    """
    if wish is None:
        once = sum(plan.effort for plan in plans)
        return max((count for count in WAYS if count * once <= AUTO_EFFORT), default=1)
    if wish not in WAYS:
        raise RequestError(f"--tta {wish} makes no sense; give {', '.join(map(str, WAYS))}.")
    return wish
