# SPDX-License-Identifier: GPL-3.0-or-later
"""What the trainable and the frozen stream tell each other before a stage."""

import math

import torch
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.adapters.weft.optimiser import OF_BATCH, OF_SAMPLE, GlobalOptimiser, SubspaceOptimiser
from weft.adapters.weft_large.deformable import DeformableAttention
from weft.adapters.weft_large.options import WeftLargeOptions
from weft.heads.level import resize

SUBSPACES = 4
OPTIMISERS = {"summary": SubspaceOptimiser, "global": GlobalOptimiser}
EDGES = {"sample": OF_SAMPLE, "batch": OF_BATCH}


class LargeInjector(nn.Module):
    """`x ← x + γ ⊙ ESTO(A)`, A = MSDeformAttn(q = LN(x), kv = LN(c)), γ zero at the start."""

    def __init__(self, width: int, levels: int, options: WeftLargeOptions) -> None:
        super().__init__()
        self.norm, self.level_norm = LayerNorm2d(width), LayerNorm2d(width)
        self.attention = DeformableAttention(width, levels, options.heads, options.points)
        kind = OPTIMISERS[options.attention]
        self.optimise = kind(math.gcd(SUBSPACES, width), EDGES[options.edges])
        self.gamma = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, x: Tensor, levels: list[Tensor]) -> Tensor:
        """The frozen map (B, width, h, w) with what the levels (B, width, ., .) have to add."""
        a = self.attention(self.norm(x), [self.level_norm(c) for c in levels])
        return x + self.gamma * self.optimise(a)


class Reader(nn.Module):
    """`c_l ← c_l + r ⊙ LN(x)`, x resized to level l, r zero at the start."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = LayerNorm2d(width, affine=False)
        self.gate = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, levels: list[Tensor], x: Tensor) -> list[Tensor]:
        """Levels (B, width, ., .) of the same shapes."""
        read = self.gate * self.norm(x)
        return [c + resize(read, c.shape[2:]) for c in levels]


class NoReader(nn.Module):
    """The released stream, which never sees the frozen one."""

    def __init__(self, width: int) -> None:
        super().__init__()

    def forward(self, levels: list[Tensor], x: Tensor) -> list[Tensor]:
        """The levels themselves."""
        return levels


READERS = {True: Reader, False: NoReader}
