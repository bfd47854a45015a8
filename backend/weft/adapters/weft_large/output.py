# SPDX-License-Identifier: GPL-3.0-or-later
"""The sums of frozen maps and the stream's at the end."""

import torch
from torch import Tensor, nn

from weft.adapters.weft_large.extractor import NORMS
from weft.adapters.weft_large.options import WeftLargeOptions
from weft.heads.level import resize

NORM_GROUPS = 16


class GatedSum(nn.Module):
    """`y = x + g ⊙ c`, g zero at the start."""

    def __init__(self, width: int, channels: int, options: WeftLargeOptions) -> None:
        super().__init__()
        self.project = build_projection(width, channels)
        self.gate = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """The sum of maps (B, channels, h, w) and (B, width, ., .)."""
        return x + self.gate * resize(self.project(c), x.shape[2:])


class NormedSum(nn.Module):
    """`y = norm(x + c)`, as released: at the start heads see another network than the frozen."""

    def __init__(self, width: int, channels: int, options: WeftLargeOptions) -> None:
        super().__init__()
        self.project = build_projection(width, channels)
        self.norm = NORMS[options.norm].plain(NORM_GROUPS, channels)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """See `GatedSum.forward`."""
        y: Tensor = self.norm(x + resize(self.project(c), x.shape[2:]))
        return y


OUTPUTS = {"gate": GatedSum, "norm": NormedSum}


def build_projection(width: int, channels: int) -> nn.Module:
    """From the stream's width to that of a map, which differs only behind the neck of SAM."""
    return nn.Identity() if width == channels else nn.Conv2d(width, channels, 1)
