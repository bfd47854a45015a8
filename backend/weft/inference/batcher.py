# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles on their way through the engine: in batches, in lanes, and with less when memory ends."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass

import numpy as np

from weft.inference.engines import Batch, Engine, OutOfMemory
from weft.inference.lanes import Lanes
from weft.raster.read import Patch

WAITING = 2  # batches that are ready for the lanes while what came of others is made use of


@dataclass(frozen=True)
class Tile:
    """A tile's place in the tile grid and what was read there."""

    row: int
    column: int
    patch: Patch

    @property
    def known(self) -> bool:
        """Whether any pixel is valid."""
        return bool(self.patch.valid.any())


@dataclass(frozen=True)
class Load:
    """How much is asked of the memory at a time: a batch of `size` tiles in each of some lanes."""

    size: int
    lanes: int

    def lighter(self) -> "Load | None":
        """A batch in one lane, then batches of half as many tiles; None below a single tile."""
        if self.lanes > 1:
            return Load(self.size, 1)
        return Load(self.size // 2, 1) if self.size > 1 else None


@dataclass(frozen=True)
class Begun:
    """Tiles of which a lane predicts those that are known; no `result` where none is."""

    tiles: list[Tile]
    pixels: Batch
    result: Future[Batch] | None
    load: Load


class Batcher:
    """Sends tiles to the engine; less at a time, for good, when memory runs out."""

    def __init__(self, engine: Engine, lanes: Lanes) -> None:
        self._engine, self._lanes = engine, lanes
        self._load = Load(engine.batch, lanes.count)
        self._begun: deque[Begun] = deque()

    def run(self, tiles: Iterable[Tile]) -> Iterator[tuple[Tile, Batch | None]]:
        """Tiles in their order with the probabilities (K + 1, side, side) of classes and interiors,
        or None where no pixel is valid.

        OutOfMemory when not even one tile fits.
        """
        batch: list[Tile] = []
        for tile in tiles:
            batch.append(tile)
            if len(batch) >= self._load.size:
                self._begin(batch)
                batch = []
            while len(self._begun) > self._most_begun:
                yield from self._end(self._begun.popleft())
        if batch:
            self._begin(batch)
        while self._begun:
            yield from self._end(self._begun.popleft())

    @property
    def _most_begun(self) -> int:
        return WAITING + self._lanes.count if self._load.lanes == self._lanes.count else 0

    def _begin(self, tiles: list[Tile]) -> None:
        pixels = np.stack([tile.patch.pixels for tile in tiles])
        pixels = pixels[[tile.known for tile in tiles]]
        result = self._lanes.begin(self._engine.predict, pixels) if len(pixels) else None
        self._begun.append(Begun(tiles, pixels, result, self._load))

    def _end(self, begun: Begun) -> Iterator[tuple[Tile, Batch | None]]:
        predicted = iter(self._predicted(begun))
        for tile in begun.tiles:
            yield tile, next(predicted)[1:] if tile.known else None

    def _predicted(self, begun: Begun) -> Iterable[Batch]:
        if begun.result is None:
            return ()
        try:
            return begun.result.result()
        except (OutOfMemory, CancelledError):
            return self._with_less(begun.pixels, begun.load)

    def _with_less(self, pixels: Batch, failed: Load) -> Batch:
        self._calm()
        if failed == self._load:
            lighter = failed.lighter()
            if lighter is None:
                raise OutOfMemory(pixels.shape[-1])
            self._load = lighter
        load = self._load
        parts = np.split(pixels, range(load.size, len(pixels), load.size))
        try:
            # in a lane too, where torch has as many threads, which may decide the last digit
            made = [self._lanes.begin(self._engine.predict, part).result() for part in parts]
        except OutOfMemory:
            return self._with_less(pixels, load)
        return np.concatenate(made)

    def _calm(self) -> None:
        """Let no lane hold memory; what had not begun is predicted when its turn comes."""
        results = [begun.result for begun in self._begun if begun.result is not None]
        for result in results:
            result.cancel()
        wait(results)
