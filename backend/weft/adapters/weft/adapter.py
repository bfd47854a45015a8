# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT on any backbone: experts on the image, injections on the way, sums at the end."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.adapters.contract import Adapter, Taps
from weft.adapters.side_network import SideNetwork
from weft.adapters.weft.enhancer import Enhancer
from weft.adapters.weft.experts import KERNELS
from weft.adapters.weft.extractor import STRIDES, Extractor
from weft.adapters.weft.injector import Injector, gated
from weft.heads.level import Addition, Level, resize


@dataclass(frozen=True)
class WeftOptions:
    """Sizes; the defaults suit backbones of up to 30 million parameters on two CPU cores.

    `finest_injection` and `finest_experts` are strides: finer maps are neither injected into, nor
    seen by the experts and enhancers. At stride 4 either costs more time than all the rest
    together: the first takes gradients through the finest stages of the backbone, and the weight
    gradients of wide depth-wise kernels are slow on large maps. `side` divides the maps' channels
    for the width of the side network; 0 leaves it out, so that the stream is all that adds.
    """

    width: int = 32
    splits: int = 2
    chosen: int = 4
    heads: int = 4
    finest_injection: int = 8
    finest_experts: int = 8
    side: int = 8

    def __post_init__(self) -> None:
        if min(self.width, self.splits, self.heads) < 1 or self.side < 0:
            raise ValueError("width, splits and heads count from 1, side from 0.")
        share = math.lcm(4, self.splits, self.heads)  # maps are normalised in 4 groups
        if self.width % share:
            raise ValueError(
                f"width={self.width} cannot be shared out; give a multiple of {share}."
            )
        if not 1 <= self.chosen <= len(KERNELS):
            raise ValueError(f"there are {len(KERNELS)} experts; choose 1 to {len(KERNELS)}.")


@dataclass
class Stream:
    """The trainable maps of one forward pass: the stem's at stride 2, and the levels."""

    detail: Tensor
    levels: list[Tensor]


class WeftAdapter(Adapter):
    """Starts as the frozen network: all ways into its maps are gated by zeros."""

    def __init__(self, taps: Taps, options: WeftOptions | None = None) -> None:
        super().__init__(taps)
        sizes = options or WeftOptions()
        width, levels = sizes.width, len(STRIDES)
        self.extractor = Extractor(
            taps.bands, width, sizes.splits, sizes.chosen, sizes.finest_experts
        )
        entered = {
            i: c for i, (c, stride) in taps.entries.items() if stride >= sizes.finest_injection
        }
        self.injectors = nn.ModuleDict(
            {str(i): Injector(c, width, levels, sizes.heads) for i, c in entered.items()}
        )
        self.readers = nn.ModuleDict(
            {
                str(i): nn.Sequential(LayerNorm2d(c), nn.Conv2d(c, width, 1))
                for i, c in entered.items()
            }
        )
        self.reading = nn.ParameterDict(
            {str(i): nn.Parameter(torch.zeros(1, width, 1, 1)) for i in entered}
        )
        self.fine = sum(stride < sizes.finest_experts for stride in STRIDES)
        coarse = levels - self.fine
        self.enhancers = nn.ModuleDict(
            {str(i): Enhancer(width, coarse, width // 2) for i in entered}
        )
        self.last_enhancer = Enhancer(width, coarse, width // 2)
        self.outputs = nn.ModuleList(nn.Conv2d(width, c, 1) for c in taps.channels)
        self.gates = nn.ParameterList(torch.zeros(1, c, 1, 1) for c in taps.channels)
        self.side = SideNetwork(taps.channels, taps.strides, sizes.side) if sizes.side else None

    def upstream(self) -> Iterable[nn.Parameter]:
        """All that injections come from; none where the backbone takes no injection."""
        if not self.injectors:
            return
        for part in (self.extractor, self.readers, self.reading, self.enhancers, self.injectors):
            yield from part.parameters()

    def begin(self, image: Tensor) -> Stream:
        """The stream of an image (B, bands, H, W); its sides are multiples of 32."""
        return Stream(*self.extractor(image))

    def inject(self, stage: int, x: Tensor, stream: Stream) -> Tensor:
        """Update the stream from `x`, then `x` from the stream.

        In the released code the trainable stream never reads the frozen one before the end,
        although the paper says that both are updated in turn; here it does.
        """
        key = str(stage)
        if key not in self.injectors:
            return x
        read = self.readers[key](x) * self.reading[key]
        levels = [level + resize(read, level.shape[2:]) for level in stream.levels]
        stream.levels = self._enhanced(self.enhancers[key], levels)
        return self.injectors[key](x, stream.levels)

    def finish(self, maps: list[Tensor], stream: Stream) -> list[Level]:
        """Each map, at its stride of `strides`, plus what the stream and the side network add.

        The stream adds its nearest level through a gate. The side network is EST's, not the
        paper's: a reading of the maps that is not linear, and which costs the backbone nothing.
        """
        enhanced = self._enhanced(self.last_enhancer, stream.levels)
        levels = dict(zip(STRIDES, enhanced, strict=True))
        levels[2] = stream.detail
        plain = self.plain(maps)
        sizes = [level.wide.shape[2:] for level in plain]
        additions = []
        for size, stride, output, gate in zip(
            sizes, self.strides, self.outputs, self.gates, strict=True
        ):
            narrow = resize(levels[nearest(stride, levels)], size)
            weight, bias = gated(output, gate)
            additions.append(Addition(narrow, weight.flatten(1), bias))
        if self.side is not None:
            pairs = zip(additions, self.side(maps, sizes), strict=True)
            additions = [streamed.plus(beside) for streamed, beside in pairs]
        return [
            Level(level.wide, addition) for level, addition in zip(plain, additions, strict=True)
        ]

    def _enhanced(self, enhancer: nn.Module, levels: list[Tensor]) -> list[Tensor]:
        fine = self.fine
        return [*levels[:fine], *enhancer(levels[fine:])]


def nearest(stride: int, levels: dict[int, Tensor]) -> int:
    """The largest stride among `levels` that is not coarser than `stride`, or the finest."""
    return max((s for s in levels if s <= stride), default=min(levels))
