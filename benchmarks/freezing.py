# SPDX-License-Identifier: GPL-3.0-or-later
"""What dynamic backbone freezing saves: steps of an epoch each, timed as they come."""

import time
from collections.abc import Callable
from typing import Protocol

import torch
from cost_records import FreezingCost

from weft.backbones.frozen import as_is
from weft.device import Device
from weft.network import Network
from weft.training.schedule import DynamicFreezing

RHOS = (1, 2, 5, 10)
CYCLE = max(RHOS)  # epochs in which each of them comes round
ROUNDS = 2


class Steps(Protocol):
    """A training as `training_costs.Training` is one."""

    network: Network
    device: Device
    images: torch.Tensor

    def step(self, learns: bool = True) -> None:
        """A whole step, in which the backbone learns or stands still."""

    def wait(self) -> None:
        """Until the device has done all that it was told."""


def freezing_costs(training: Steps) -> list[FreezingCost]:
    """The cost of each rho over that of the first, which learns always."""
    whole = cycles(training, training.step)
    alone = cycles(training, lambda learns: backbone_step(training, learns))
    return [
        FreezingCost(rho, whole[rho] / whole[RHOS[0]], alone[rho] / alone[RHOS[0]]) for rho in RHOS
    ]


def cycles(training: Steps, step: Callable[[bool], None]) -> dict[int, float]:
    """Seconds of some cycles under each rho, by turns, so that all meet the same machine."""
    for learns in (True, False):
        step(learns)
    seconds = dict.fromkeys(RHOS, 0.0)
    for rho in RHOS * ROUNDS:
        training.wait()
        start = time.perf_counter()
        for epoch in range(CYCLE):
            step(DynamicFreezing(rho).learns(epoch))
        training.wait()
        seconds[rho] += time.perf_counter() - start
    return seconds


def backbone_step(training: Steps, learns: bool) -> None:
    """Forth through the backbone, and back where it learns, without adapter, heads or loss."""
    backbone = training.network.backbone
    with torch.set_grad_enabled(learns), training.device.autocast():
        maps = backbone(training.images, as_is)
    if learns:
        backbone.zero_grad(set_to_none=True)
        torch.autograd.backward(maps, [torch.ones_like(x) for x in maps])
