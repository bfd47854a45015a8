# SPDX-License-Identifier: GPL-3.0-or-later
"""What refines the trainable stream after a stage (WEFT, spatial-aware expert enhancer)."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from timm.layers import DropPath, LayerNorm2d
from torch import Tensor, nn


class Laplacian(nn.Conv2d):
    """A trainable depth-wise 3x3 convolution, rows [1, -2, 1] at the start, reflected edges."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, channels, 3, groups=channels, bias=False)
        with torch.no_grad():
            self.weight.copy_(torch.tensor([1.0, -2.0, 1.0]))

    def forward(self, x: Tensor) -> Tensor:
        """A map (B, channels, h, w) of the same shape."""
        # one row has no neighbour to reflect
        mode = "reflect" if min(x.shape[2:]) > 1 else "replicate"
        return super().forward(F.pad(x, (1, 1, 1, 1), mode))


class Fields(nn.ModuleList):
    """Depth-wise convolutions of 3x3, 5x5 and 7x7."""

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv2d(channels, channels, k, padding=k // 2, groups=channels) for k in (3, 5, 7)
        )

    def kernels(self) -> tuple[Tensor, Tensor]:
        """Kernels (3, channels, 1, 7, 7), padded by zeros, and biases (3, channels)."""
        fields = [field for field in self if isinstance(field, nn.Conv2d)]
        widest = max(int(field.padding[0]) for field in fields)
        kernels = [F.pad(field.weight, (widest - int(field.padding[0]),) * 4) for field in fields]
        biases = [field.bias for field in fields if field.bias is not None]
        return torch.stack(kernels), torch.stack(biases)


class SummedFields(Fields):
    """`R3 + R5 + R7`, each depth-wise: one convolution by the sum of their kernels."""

    def forward(self, u: Tensor) -> Tensor:
        """A map (B, channels, h, w) of the same shape."""
        kernels, biases = self.kernels()
        # depth-wise kernels learn faster in float32 on CPUs
        with torch.autocast(u.device.type, enabled=False):
            return F.conv2d(
                u.float(), kernels.sum(0), biases.sum(0), padding="same", groups=u.shape[1]
            )


class ThreeMaximum(nn.MaxPool2d):
    """The maximum of 3x3 places."""

    def __init__(self) -> None:
        super().__init__(3, stride=1, padding=1)


class Enhancer(nn.Module):
    """`c ← c + fc2(GELU(E(fc1(LN c))))` on each level, with weights shared by the levels.

    `E(u) = GELU(u + w1·LoG(u) + w2·P(u) + w3·(R3 + R5 + R7)(u))`, w the softmax of three learned
    numbers a level, u with `hidden` channels; a training step leaves the sum away in a share `drop`
    of samples. P is a 3x3 maximum; in the released code it is, by its arguments, the identity. R_k
    are depth-wise; the released ones are split four ways.
    """

    def __init__(
        self,
        width: int,
        levels: int,
        hidden: int,
        fields: Callable[[int], nn.Module] = SummedFields,
        peak: Callable[[], nn.Module] = ThreeMaximum,
        drop: float = 0.0,
    ) -> None:
        super().__init__()
        self.norm = LayerNorm2d(width)
        self.reduce = nn.Conv2d(width, hidden, 1)
        self.laplacian = Laplacian(hidden)
        self.fields = fields(hidden)
        self.peak = peak()
        self.balance = nn.Parameter(torch.zeros(levels, 3))
        self.expand = nn.Conv2d(hidden, width, 1)
        self.drop = DropPath(drop) if drop else nn.Identity()
        nn.init.zeros_(self.expand.weight)
        nn.init.zeros_(self.expand.bias)  # type: ignore[arg-type]

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """Levels (B, width, ., .) of the same shapes."""
        return [self._enhance(c, self.balance[i].softmax(0)) for i, c in enumerate(levels)]

    def _enhance(self, c: Tensor, weights: Tensor) -> Tensor:
        u = self.reduce(self.norm(c))
        sharp, peak, spread = self.laplacian(u), self.peak(u), self.fields(u)
        e = u + weights[0] * sharp + weights[1] * peak + weights[2] * spread
        return c + self.drop(self.expand(F.gelu(F.gelu(e))))
