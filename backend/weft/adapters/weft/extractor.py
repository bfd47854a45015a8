# SPDX-License-Identifier: GPL-3.0-or-later
"""The trainable stream's start: a small pyramid of the image, refined by wavelet experts."""

import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.weft.experts import WaveletMixture
from weft.adapters.weft.norms import GROUP_NORMS, Norms

STRIDES = (4, 8, 16)


class Extractor(nn.Module):
    """Levels at `strides` s (B, width, H/s, W/s), doubling from 4, and the stem's map at stride 2.

    One mixture and one down-sampling convolution serve all levels, as in the paper; levels finer
    than `finest_experts` go without the mixture. It sees every chosen band, also those that the
    frozen network cannot.
    """

    def __init__(
        self,
        bands: int,
        width: int,
        splits: int,
        chosen: int,
        finest_experts: int,
        strides: tuple[int, ...] = STRIDES,
        norms: Norms = GROUP_NORMS,
    ) -> None:
        super().__init__()
        self.finest_experts, self.strides = finest_experts, strides
        self.stem = nn.Sequential(
            nn.Conv2d(bands, width, 3, stride=2, padding=1), norms.plain(4, width), nn.ReLU()
        )
        self.mixture = WaveletMixture(width, splits, chosen, norms)
        self.down = nn.Sequential(
            nn.Conv2d(width, width, 3, stride=2, padding=1), norms.plain(4, width), nn.ReLU()
        )

    def forward(self, image: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The stem's map and the levels of an image (B, bands, H, W) in 0..1."""
        detail = self.stem(image * 4 - 2)
        c = F.max_pool2d(detail, 3, stride=2, padding=1)
        levels = []
        for stride in self.strides:
            if stride >= self.finest_experts:
                c = self.mixture(c)
            levels.append(c)
            if stride != self.strides[-1]:
                c = self.down(c)
        return detail, levels
