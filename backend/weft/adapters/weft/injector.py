# SPDX-License-Identifier: GPL-3.0-or-later
"""What the trainable stream tells the frozen one before a stage (WEFT's conditional adapter)."""

import torch
import torch.nn.functional as F
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.adapters.weft.optimiser import SubspaceOptimiser
from weft.heads.level import resize


class Injector(nn.Module):
    """`x ← x + γ · optimise(A)`, γ zero at the start; A gathers the levels at each place of x.

    A is multi-scale attention whose sampling points are fixed to the query's own place: each place
    weighs the levels by its own features. The deformable form is that of `weft-large`.
    """

    def __init__(self, channels: int, width: int, levels: int, heads: int) -> None:
        super().__init__()
        self.norm = LayerNorm2d(channels)
        self.weigh = nn.Conv2d(channels, heads * levels, 1)
        self.values = nn.ModuleList(
            nn.Sequential(LayerNorm2d(width), nn.Conv2d(width, width, 1)) for _ in range(levels)
        )
        self.optimise = SubspaceOptimiser(heads)
        self.expand = nn.Conv2d(width, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.heads = heads

    def forward(self, x: Tensor, levels: list[Tensor]) -> Tensor:
        """The frozen map (B, channels, h, w) with what the levels (B, width, ., .) have to add."""
        weights = self.weigh(self.norm(x)).unflatten(1, (self.heads, -1)).softmax(2)
        gathered = torch.zeros_like(x[:, : levels[0].shape[1]]).unflatten(1, (self.heads, -1))
        for index, (value, level) in enumerate(zip(self.values, levels, strict=True)):
            here = resize(value(level), x.shape[2:]).unflatten(1, (self.heads, -1))
            gathered = gathered + weights[:, :, index, None] * here
        a = self.optimise(gathered.flatten(1, 2))
        return x + F.conv2d(a, *gated(self.expand, self.gamma))


def gated(layer: nn.Module, gate: Tensor) -> tuple[Tensor, Tensor]:
    """Weight and bias of `gate · layer`, for a gate (1, C, 1, 1): no pass over the wide map."""
    assert isinstance(layer, nn.Conv2d)
    assert layer.bias is not None
    return layer.weight * gate.view(-1, 1, 1, 1), layer.bias * gate.flatten()
