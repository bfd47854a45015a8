# SPDX-License-Identifier: GPL-3.0-or-later
"""What refines the trainable stream after a stage (WEFT, spatial-aware expert enhancer)."""

import torch
import torch.nn.functional as F
from timm.layers import LayerNorm2d
from torch import Tensor, nn


class Enhancer(nn.Module):
    """`c ← c + fc2(GELU(E(fc1(LN c))))` on each level, with weights shared by the levels.

    `E(u) = GELU(u + w1·LoG(u) + w2·P(u) + w3·(R3 + R5 + R7)(u))`, w the softmax of three learned
    numbers a level. P is a 3x3 maximum; in the released code it is, by its arguments, the identity.
    R_k are depth-wise; the released ones are split four ways.
    """

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        hidden = width // 2
        self.norm = LayerNorm2d(width)
        self.reduce = nn.Conv2d(width, hidden, 1)
        self.laplacian = nn.Conv2d(
            hidden, hidden, 3, padding=1, groups=hidden, bias=False, padding_mode="reflect"
        )
        with torch.no_grad():
            self.laplacian.weight.copy_(torch.tensor([1.0, -2.0, 1.0]))
        self.fields = nn.ModuleList(
            nn.Conv2d(hidden, hidden, k, padding=k // 2, groups=hidden) for k in (3, 5, 7)
        )
        self.balance = nn.Parameter(torch.zeros(levels, 3))
        self.expand = nn.Conv2d(hidden, width, 1)
        nn.init.zeros_(self.expand.weight)
        nn.init.zeros_(self.expand.bias)  # type: ignore[arg-type]

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """Levels (B, width, ., .) of the same shapes."""
        return [self._enhance(c, self.balance[i].softmax(0)) for i, c in enumerate(levels)]

    def _enhance(self, c: Tensor, weights: Tensor) -> Tensor:
        u = self.reduce(self.norm(c))
        peak = F.max_pool2d(u, 3, stride=1, padding=1)
        e = u + weights[0] * self.laplacian(u) + weights[1] * peak + weights[2] * self._spread(u)
        return c + self.expand(F.gelu(F.gelu(e)))

    def _spread(self, u: Tensor) -> Tensor:
        """The sum of all fields, which is one convolution by the sum of their kernels."""
        fields = [field for field in self.fields if isinstance(field, nn.Conv2d)]
        widest = max(int(field.padding[0]) for field in fields)
        kernels = [F.pad(field.weight, (widest - int(field.padding[0]),) * 4) for field in fields]
        biases = [field.bias for field in fields if field.bias is not None]
        kernel, bias = torch.stack(kernels).sum(0), torch.stack(biases).sum(0)
        # depth-wise kernels learn faster in float32 on CPUs
        with torch.autocast(u.device.type, enabled=False):
            return F.conv2d(u.float(), kernel, bias, padding=widest, groups=u.shape[1])
