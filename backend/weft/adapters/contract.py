# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of every adapter, and the description of a backbone that it is built from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from weft.backbones.blocks import Block
from weft.backbones.frozen import FrozenBackbone
from weft.heads.level import Level, resize

PYRAMID = (4, 8, 16, 32)


@dataclass(frozen=True)
class Taps:
    """The places of a backbone where an adapter may listen or speak.

    `channels[i]` and `strides[i]` belong to the map that leaves stage i; `entries` maps the stages
    that can be injected to (channels, stride) of the map that enters; `blocks` lie inside of the
    stages. `bands` counts those of the image.
    """

    bands: int
    backbone: FrozenBackbone
    entries: dict[int, tuple[int, int]]
    blocks: tuple[Block, ...]

    @property
    def channels(self) -> tuple[int, ...]:
        """See the class."""
        return self.backbone.channels

    @property
    def strides(self) -> tuple[int, ...]:
        """See the class."""
        return self.backbone.strides


def tap(backbone: FrozenBackbone, bands: int) -> Taps:
    """The taps of a backbone; maps at the image's own resolution take no injection."""
    entries = enumerate(zip(backbone.entry_channels, backbone.entry_strides, strict=True))
    return Taps(bands, backbone, {i: e for i, e in entries if e[1] > 1}, backbone.blocks())


class Adapter(nn.Module):
    """Three moments in a forward pass.

    `begin` sees the image, `inject` each map that enters a stage, `finish` all maps that left them.
    An adapter that acts inside of blocks hooks itself to them when it is built.

    `channels` and `strides` describe the levels that `finish` returns; the maps of a plain
    transformer, all of one stride, become a pyramid. At step 0 levels are those of `plain`.
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]

    def __init__(self, taps: Taps) -> None:
        super().__init__()
        self.channels, self.strides = taps.channels, taps.strides
        if len(set(taps.strides)) == 1:
            self.strides = PYRAMID[: len(taps.strides)]
        self.finest = taps.strides[0]

    def upstream(self) -> Iterable[nn.Parameter]:
        """Parameters that the maps leaving the backbone depend on, the backbone's own included."""
        return ()

    @property
    def cacheable(self) -> bool:
        """Whether backbone features stay the same while this adapter learns."""
        return not tuple(self.upstream())

    def begin(self, image: Tensor) -> Any:
        """What later moments need of the image (B, bands, H, W) in 0..1; passed on as `stream`."""
        return None

    def inject(self, stage: int, x: Tensor, stream: Any) -> Tensor:
        """The map (B, C, h, w) that shall enter `stage` instead of `x`."""
        return x

    def plain(self, maps: list[Tensor]) -> list[Level]:
        """The maps alone, at `strides`."""
        height, width = (side * self.finest for side in maps[0].shape[2:])
        sizes = [(height // stride, width // stride) for stride in self.strides]
        return [Level(resize(x, here)) for x, here in zip(maps, sizes, strict=True)]

    def finish(self, maps: list[Tensor], stream: Any) -> list[Level]:
        """Levels for the heads, of the standardised maps (B, C_i, H / stride_i, W / stride_i)."""
        return self.plain(maps)
