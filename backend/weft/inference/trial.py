# SPDX-License-Identifier: GPL-3.0-or-later
"""What engines are measured by: the time that tiles of noise take, and what comes of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weft.inference.engines import Batch, Engine, OutOfMemory
from weft.inference.lanes import Lanes
from weft.inference.plan import Plan

# To export a network and to try it takes 5 to 15 s on two cores.
TRIAL_PAYS_S = 180.0
TRIAL_PAYS_TILES = 200  # of fewer, not even torch is tried
TOLERANCE = 1e-3  # of a probability, both engines in float32


@dataclass(frozen=True)
class Trial:
    """What an engine made of a batch (B, 1 + K + 1, h, w), and in how many seconds."""

    probabilities: Batch
    seconds: float

    def seconds_for(self, plans: Sequence[Plan]) -> float:
        """Seconds for all tiles, where the batch was of the hardest plan."""
        most, tiles = hardest(plans), len(self.probabilities)
        return self.seconds / tiles * most.tiles * sum(plan.effort for plan in plans) / most.effort

    def difference(self, other: "Trial") -> float:
        """The largest one of a probability; NaN where either has one."""
        return float(np.abs(self.probabilities - other.probabilities).max())


def noise(bands: int, side: int, count: int) -> Batch:
    """Tiles (count, bands, side, side) that are the same each time."""
    return np.random.default_rng(0).random((count, bands, side, side), np.float32)


def try_out(engine: Engine, batch: Batch) -> Trial:
    """The quicker of two turns, after one to warm up, of a batch in each lane of the engine; of a
    part of the batch, where only that fits.

    OutOfMemory when not even one tile does.
    """
    turns = []
    with Lanes(engine.lanes) as lanes:
        while not fits(engine, batch, lanes):
            batch = batch[: len(batch) // 2]
        for _ in range(2):
            start = time.perf_counter()
            probabilities = np.concatenate(lanes.map(engine.predict, [batch] * lanes.count))
            turns.append(Trial(probabilities, time.perf_counter() - start))
    return min(turns, key=lambda turn: turn.seconds)


def fits(engine: Engine, batch: Batch, lanes: Lanes) -> bool:
    """Whether the memory suffices for the batch; OutOfMemory when it is a single tile."""
    try:
        lanes.map(engine.predict, [batch] * lanes.count)
    except OutOfMemory:
        if len(batch) == 1:
            raise
        return False
    return True


def hardest(plans: Sequence[Plan]) -> Plan:
    """The plan whose tiles decide how long a job takes."""
    return max(plans, key=lambda plan: plan.effort)
