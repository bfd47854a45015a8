# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT in its released size: a stream as wide as the tokens of a plain transformer."""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor, nn

from weft.adapters.contract import PYRAMID, Adapter, Taps
from weft.adapters.weft_large.enhancer import build_enhancer
from weft.adapters.weft_large.extractor import LargeExtractor
from weft.adapters.weft_large.frozen_blocks import drop_in_blocks, recompute_blocks
from weft.adapters.weft_large.injector import READERS, LargeInjector
from weft.adapters.weft_large.options import WeftLargeOptions
from weft.adapters.weft_large.output import OUTPUTS
from weft.errors import RequestError
from weft.heads.level import Level, resize

LEVELS = len(PYRAMID) - 1
# widths are divided by 4 twice, for the enhancers and their groups
WIDTH_UNIT = 16


@dataclass
class Stream:
    """The trainable maps of one forward pass: c1 at stride 4, and the levels c2 to c4."""

    finest: Tensor
    levels: list[Tensor]


class WeftLargeAdapter(Adapter):
    """Injects before each of four stages, and enhances the stream after each.

    Starts as the frozen network, unless with `output=norm`. RequestError where the maps that enter
    the stages are not all of one shape.
    """

    def __init__(self, taps: Taps, options: WeftLargeOptions | None = None) -> None:
        super().__init__(taps)
        chosen = options or WeftLargeOptions()
        width = token_width(taps)
        self.extractor = LargeExtractor(taps.bands, width, chosen)
        self.injectors = nn.ModuleList(LargeInjector(width, LEVELS, chosen) for _ in taps.entries)
        between = range(1, len(taps.entries))
        self.readers = nn.ModuleList(READERS[chosen.reads](width) for _ in between)
        self.enhancers = nn.ModuleList(build_enhancer(width, LEVELS, chosen) for _ in between)
        last = range(1 + chosen.extra)
        self.last_enhancers = nn.ModuleList(build_enhancer(width, LEVELS, chosen) for _ in last)
        add = OUTPUTS[chosen.output]
        self.outputs = nn.ModuleList(add(width, channels, chosen) for channels in taps.channels)
        self.drops = drop_in_blocks(taps.blocks, chosen.frozen_drop)
        if chosen.checkpoint:
            recompute_blocks(taps.blocks)

    def upstream(self) -> Iterable[nn.Parameter]:
        """All that injections come from."""
        for part in (self.extractor, self.readers, self.enhancers, self.injectors):
            yield from part.parameters()

    def begin(self, image: Tensor) -> Stream:
        """The stream of an image (B, bands, H, W)."""
        return Stream(*self.extractor(image))

    def inject(self, stage: int, x: Tensor, stream: Stream) -> Tensor:
        """Let the stream read and enhance what left the stage before; then update `x` from it."""
        if stage > 0:
            stream.levels = self.readers[stage - 1](stream.levels, x)
            stream.levels = self.enhancers[stage - 1](stream.levels)
        injected: Tensor = self.injectors[stage](x, stream.levels)
        return injected

    def finish(self, maps: list[Tensor], stream: Stream) -> list[Level]:
        """Each map, at its stride of `strides`, with the stream's map of that stride."""
        levels = stream.levels
        for enhancer in self.last_enhancers:
            levels = enhancer(levels)
        finest = stream.finest + resize(levels[0], stream.finest.shape[2:])
        parts = zip(self.plain(maps), [finest, *levels], self.outputs, strict=True)
        return [Level(add(level.wide, c)) for level, c, add in parts]


def token_width(taps: Taps) -> int:
    """The channels of the maps that enter the stages; RequestError unless all are alike."""
    shapes = set(taps.entries.values())
    width, _ = next(iter(shapes), (0, 0))
    if len(shapes) != 1 or len(taps.entries) != len(PYRAMID) or width % WIDTH_UNIT:
        raise RequestError(
            "The adapter weft-large needs a plain transformer, such as vit_large_patch16_224; "
            "choose another backbone, or the adapter weft."
        )
    return width
