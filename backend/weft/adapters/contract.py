# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of every adapter, and the description of a backbone that it is built from."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from weft.heads.level import Level, resize


@dataclass(frozen=True)
class Taps:
    """The maps of a backbone: those that leave its stages and those that enter them.

    `channels[i]` and `strides[i]` belong to the map that leaves stage i; `entries` maps the stages
    that can be injected to (channels, stride) of the map that enters.
    """

    bands: int
    channels: tuple[int, ...]
    strides: tuple[int, ...]
    entries: dict[int, tuple[int, int]]


class Adapter(nn.Module):
    """Three moments in a forward pass.

    `begin` sees the image, `inject` each map that enters a stage, `finish` all maps that left them.

    `channels` and `strides` describe the levels that `finish` returns. At step 0 those are the ones
    of `plain`.
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]

    def __init__(self, taps: Taps) -> None:
        super().__init__()
        self.channels, self.strides = taps.channels, taps.strides

    @property
    def cacheable(self) -> bool:
        """Whether backbone features stay the same while this adapter learns."""
        return type(self).inject is Adapter.inject

    def begin(self, image: Tensor) -> Any:
        """What later moments need of the image (B, bands, H, W) in 0..1; passed on as `stream`."""
        return None

    def inject(self, stage: int, x: Tensor, stream: Any) -> Tensor:
        """The map (B, C, h, w) that shall enter `stage` instead of `x`."""
        return x

    def plain(self, maps: list[Tensor], size: tuple[int, int]) -> list[Level]:
        """The maps alone, at `strides`, of an image of `size` (H, W)."""
        sizes = [(size[0] // stride, size[1] // stride) for stride in self.strides]
        return [Level(resize(x, here)) for x, here in zip(maps, sizes, strict=True)]

    def finish(self, maps: list[Tensor], stream: Any) -> list[Level]:
        """Levels for the heads, of the standardised maps (B, C_i, H / stride_i, W / stride_i)."""
        return [Level(x) for x in maps]
