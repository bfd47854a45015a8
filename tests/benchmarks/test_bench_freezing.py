# SPDX-License-Identifier: GPL-3.0-or-later
"""What freezing saves of the backbone's part, counted in operations and not in seconds."""

from types import SimpleNamespace

import pytest
import torch
from cost_records import FreezingCost
from freezing import CYCLE, RHOS, backbone_step
from kinds import make_network
from torch.utils.flop_counter import FlopCounterMode

from weft.device import choose_device
from weft.training.schedule import DynamicFreezing


# no ConvNeXt: PyTorch counts the way back through grouped convolutions as if they had one group
@pytest.mark.parametrize("kind", ["vit", "sam", "swin", "resnet"])
def test_the_backbones_part_costs_what_the_paper_says(kind: str) -> None:
    device = choose_device("cpu").in_full_precision()
    images = torch.rand(1, 3, 64, 64)
    training = SimpleNamespace(network=make_network(kind, "full"), device=device, images=images)
    operations = {}
    for learns in (True, False):
        with FlopCounterMode(display=False) as counter:
            backbone_step(training, learns)
        operations[learns] = counter.get_total_flops()
    for rho in RHOS:
        cycle = sum(operations[DynamicFreezing(rho).learns(epoch)] for epoch in range(CYCLE))
        cost = FreezingCost(rho, whole=1.0, backbone=cycle / (CYCLE * operations[True]))
        assert cost.backbone == pytest.approx(cost.expected, abs=0.03)
