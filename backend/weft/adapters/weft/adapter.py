# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT on any backbone: experts on the image, injections on the way, gated sums at the end."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.adapters.contract import Adapter, Taps
from weft.adapters.weft.enhancer import Enhancer
from weft.adapters.weft.extractor import STRIDES, Extractor
from weft.adapters.weft.injector import Injector, gated
from weft.heads.level import Addition, Level, resize


@dataclass(frozen=True)
class WeftOptions:
    """Sizes; the defaults suit backbones of up to 30 million parameters on two CPU cores.

    `finest_injection` and `finest_experts` are strides: finer maps are neither injected into nor
    seen by the experts. At stride 4 either costs more time than all the rest together: the first
    takes gradients through the finest stages of the backbone, and the weight gradients of wide
    depth-wise kernels are slow on large maps.
    """

    width: int = 32
    splits: int = 2
    chosen: int = 4
    heads: int = 4
    finest_injection: int = 8
    finest_experts: int = 8


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
        self.enhancers = nn.ModuleDict(
            {str(i): Enhancer(width, levels, width // 2) for i in entered}
        )
        self.last_enhancer = Enhancer(width, levels, width // 2)
        self.outputs = nn.ModuleList(nn.Conv2d(width, c, 1) for c in taps.channels)
        self.gates = nn.ParameterList(torch.zeros(1, c, 1, 1) for c in taps.channels)

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
        stream.levels = self.enhancers[key](levels)
        return self.injectors[key](x, stream.levels)

    def finish(self, maps: list[Tensor], stream: Stream) -> list[Level]:
        """Each map, at its stride of `strides`, plus the stream's nearest level through a gate."""
        levels = dict(zip(STRIDES, self.last_enhancer(stream.levels), strict=True))
        levels[2] = stream.detail
        finished = []
        for level, stride, output, gate in zip(
            self.plain(maps), self.strides, self.outputs, self.gates, strict=True
        ):
            narrow = resize(levels[nearest(stride, levels)], level.wide.shape[2:])
            weight, bias = gated(output, gate)
            finished.append(Level(level.wide, Addition(narrow, weight.flatten(1), bias)))
        return finished


def nearest(stride: int, levels: dict[int, Tensor]) -> int:
    """The largest stride among `levels` that is not coarser than `stride`, or the finest."""
    return max((s for s in levels if s <= stride), default=min(levels))
