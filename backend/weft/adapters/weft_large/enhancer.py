# SPDX-License-Identifier: GPL-3.0-or-later
"""The enhancer in its released size: a quarter of the width, and fields split four ways."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.weft.enhancer import Enhancer, Fields, ThreeMaximum
from weft.adapters.weft.norms import Norms
from weft.adapters.weft_large.extractor import NORMS
from weft.adapters.weft_large.options import WeftLargeOptions

REDUCTION, SPLITS = 4, 4
PEAKS = {"maximum": ThreeMaximum, "identity": nn.Identity}


class SplitFields(nn.Module):
    """`R3 + R5 + R7`, each a cascade over four groups s of channels, then a mix of all.

    `y_i = f(s_i + y_{i-1})`, f = ReLU ∘ norm ∘ DW_k one for the four groups, as Res2Net
    (arXiv:1904.01169) cascades them; the mix is ReLU ∘ norm ∘ Conv1x1. The three lie beside each
    other as groups of channels: a third of the launches on a GPU, and the same sums.
    """

    def __init__(self, channels: int, norms: Norms) -> None:
        super().__init__()
        self.part = channels // SPLITS
        self.fields = Fields(self.part)
        count = len(self.fields)
        self.norm = nn.Sequential(norms.plain(count, count * self.part), nn.ReLU())
        self.mix = nn.Sequential(
            nn.Conv2d(count * channels, count * channels, 1, groups=count),
            norms.plain(count * SPLITS, count * channels),
            nn.ReLU(),
        )

    def forward(self, u: Tensor) -> Tensor:
        """A map (B, channels, h, w) of the same shape."""
        kernels, biases = self.fields.kernels()
        count, outputs = len(kernels), []
        y = torch.zeros_like(u[:, :1])
        for part in u.split(self.part, dim=1):
            y = part.repeat(1, count, 1, 1) + y
            y = F.conv2d(
                y, kernels.flatten(0, 1), biases.flatten(), padding="same", groups=y.shape[1]
            )
            y = self.norm(y)
            outputs.append(y.unflatten(1, (count, -1)))
        mixed = self.mix(torch.cat(outputs, dim=2).flatten(1, 2))
        return mixed.unflatten(1, (count, -1)).sum(1)


def build_enhancer(width: int, levels: int, options: WeftLargeOptions) -> Enhancer:
    """The enhancer of the options `norm`, `peak` and `drop`; `width` is a multiple of 16."""
    fields = partial(SplitFields, norms=NORMS[options.norm])
    peak = PEAKS[options.peak]
    return Enhancer(width, levels, width // REDUCTION, fields, peak, options.drop)
