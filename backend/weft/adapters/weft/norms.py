# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalisation of the trainable stream: by the map itself, or by the batch."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Build = Callable[[int, int], nn.Module]
"""A layer for (groups, channels)."""


@dataclass(frozen=True)
class Norms:
    """How to build a layer for maps (B, C, h, w), and one for the maps of `experts` experts.

    The latter has neither gain nor offset, and also takes the number of maps of each expert.
    """

    plain: Build
    expert: Callable[[int, int, int], nn.Module]


class ExpertGroupNorm(nn.Module):
    """GroupNorm without gain and offset, the same for all experts."""

    def __init__(self, groups: int, channels: int, experts: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor, counts: list[int]) -> Tensor:
        """Maps (P, C, h, w) of the same shape."""
        return F.group_norm(x, self.groups)


class ExpertBatchNorm(nn.Module):
    """BatchNorm without gain and offset; each expert has statistics of its own."""

    def __init__(self, groups: int, channels: int, experts: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels, affine=False) for _ in range(experts))

    def forward(self, x: Tensor, counts: list[int]) -> Tensor:
        """Maps (P, C, h, w), sorted by expert, of the same shape."""
        parts = zip(self.norms, x.split(counts), strict=True)
        return torch.cat([norm(part) for norm, part in parts if len(part)])


def _batch_norm(groups: int, channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels)


GROUP_NORMS = Norms(nn.GroupNorm, ExpertGroupNorm)
BATCH_NORMS = Norms(_batch_norm, ExpertBatchNorm)
