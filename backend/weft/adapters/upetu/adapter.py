# SPDX-License-Identifier: GPL-3.0-or-later
"""UPetu-style adapters and prompts (10.1109/TGRS.2024.3382734).

Only the abstract was available: efficient quantization adapters (EQAM) of Q-Linear layers and
nonlinear activations, and context-aware prompts (CAPM) in multi-scale features. Formulas and sizes
here are a reconstruction, not the authors' text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.contract import Adapter, Taps
from weft.adapters.upetu.q_linear import QLinear
from weft.adapters.upetu.quantise import MOST_BITS
from weft.backbones.blocks import Block
from weft.heads.level import Level, resize

SMALL = 1e-3  # not 0, because a matrix of zeros has no deviation to be quantised by


@dataclass(frozen=True)
class UpetuOptions:
    """`rank` of the adapters, `bits` a weight, `dropout` between their layers; side of prompts.

    At one size of the file, fewer bits and a higher rank were best in arXiv:2307.16867.
    """

    rank: int = 16
    bits: int = 1
    dropout: float = 0.1
    prompt: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.rank <= 1024:
            raise ValueError(f"a rank of {self.rank} makes no sense; give rank=1 to rank=1024.")
        if not 1 <= self.bits <= MOST_BITS:
            raise ValueError(f"weights cannot have {self.bits} bits; give bits=1 to bits=8.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"a dropout of {self.dropout} is none; give 0 or more, below 1.")
        if not 1 <= self.prompt <= 64:
            raise ValueError(f"prompts cannot have a side of {self.prompt}; give 1 to 64.")


class UpetuAdapter(Adapter):
    """EQAM beside every block that keeps its shape, and CAPM on every map: `F_s ← F_s + P_s`."""

    def __init__(self, taps: Taps, options: UpetuOptions | None = None) -> None:
        super().__init__(taps)
        sizes = options or UpetuOptions()
        self.eqams = nn.ModuleList()
        for block in (block for block in taps.blocks if block.keeps_shape):
            eqam = Eqam(block, sizes)
            block.module.register_forward_hook(eqam.beside)
            self.eqams.append(eqam)
        self.prompts = nn.ParameterList(
            torch.zeros(1, channels, sizes.prompt, sizes.prompt) for channels in taps.channels
        )

    def upstream(self) -> Iterable[nn.Parameter]:
        """All but the prompts."""
        return self.eqams.parameters()

    def finish(self, maps: list[Tensor], stream: Any) -> list[Level]:
        """Each map plus its prompt, stretched over it."""
        return [
            Level(level.wide + resize(prompt, level.wide.shape[2:]))
            for level, prompt in zip(self.plain(maps), self.prompts, strict=True)
        ]


class Eqam(nn.Module):
    """`s · U(dropout(GELU(D x)))` beside a block, D and U Q-Linear layers, s zero at the start."""

    def __init__(self, block: Block, sizes: UpetuOptions) -> None:
        super().__init__()
        self.axis = block.axis
        self.down: nn.Module = QLinear(block.width, sizes.rank, sizes.bits)
        up = QLinear(sizes.rank, block.width, sizes.bits)
        nn.init.trunc_normal_(up.weight, std=SMALL)
        self.up: nn.Module = up
        self.dropout = nn.Dropout(sizes.dropout)
        self.scale = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """What is added to the block's output for its input `x`, of the same shape."""
        hidden = self.dropout(F.gelu(self.down(x.movedim(self.axis, -1))))
        added: Tensor = self.up(hidden)
        return self.scale * added.movedim(-1, self.axis)

    def beside(self, block: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        """A hook that adds it."""
        return output + self(args[0])
