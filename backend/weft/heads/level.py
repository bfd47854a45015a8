# SPDX-License-Identifier: GPL-3.0-or-later
"""What heads are given of each level: a frozen map, and what an adapter adds to it."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Addition:
    """A narrow map (B, c, h, w) with the 1x1 layer that widens it: `weight` (C, c), `bias` (C)."""

    narrow: Tensor
    weight: Tensor
    bias: Tensor

    def plus(self, other: "Addition") -> "Addition":
        """The sum with another at the same resolution, as one addition."""
        return Addition(
            torch.cat([self.narrow, other.narrow], dim=1),
            torch.cat([self.weight, other.weight], dim=1),
            self.bias + other.bias,
        )


@dataclass(frozen=True)
class Level:
    """The sum of a map (B, C, h, w) and an addition, which heads see only through 1x1 layers.

    The sum itself is never computed: of two 1x1 layers in a row the product is one layer, so the
    addition stays narrow, and no gradient has to reach the wide frozen map.
    """

    wide: Tensor
    addition: Addition | None = None

    def through(self, layer: nn.Module) -> Tensor:
        """A convolution of 1x1, applied to the sum."""
        assert isinstance(layer, nn.Conv2d)
        result: Tensor = layer(self.wide)
        if self.addition is None:
            return result
        outer = layer.weight.flatten(1)
        weight = (outer @ self.addition.weight)[:, :, None, None]
        return result + F.conv2d(self.addition.narrow, weight, outer @ self.addition.bias)

    def whole(self) -> Tensor:
        """The sum, (B, C, h, w)."""
        if self.addition is None:
            return self.wide
        weight = self.addition.weight[:, :, None, None]
        return self.wide + F.conv2d(self.addition.narrow, weight, self.addition.bias)


def resize(x: Tensor, size: torch.Size | tuple[int, int]) -> Tensor:
    """Bilinear resize of a map (B, C, h, w)."""
    if x.shape[2:] == tuple(size):
        return x
    return F.interpolate(x, tuple(size), mode="bilinear", align_corners=False)


def enlarge(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """Bilinear resize of logits (B, few, h, w) to `size`, as float32.

    Whole planes: with few channels, interleaved ones take several times as long on CPUs.
    """
    planes = logits.float().contiguous()
    return F.interpolate(planes, size, mode="bilinear", align_corners=False)
