# SPDX-License-Identifier: GPL-3.0-or-later
"""One contract for every frozen backbone: run stage by stage, with a door before each stage."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from timm.layers import Format
from timm.models import FeatureListNet
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from weft.backbones.blocks import Block, find_blocks

Inject = Callable[[int, Tensor], Tensor]
"""Given a stage's index and the map (B, C, h, w) that enters it, what shall enter instead."""

SMALL_SIDE = 64


def as_is(stage: int, x: Tensor) -> Tensor:
    """Inject nothing."""
    return x


class FrozenBackbone(nn.Module):
    """A network whose parameters never change and whose norms always use their stored statistics.

    `channels` and `strides` describe the map that leaves each stage, `entry_channels` and
    `entry_strides` the one that enters it.
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]
    entry_channels: tuple[int, ...]
    entry_strides: tuple[int, ...]

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1), persistent=False)

    def freeze(self) -> "FrozenBackbone":
        """Stop all gradients to the parameters."""
        self.requires_grad_(False)
        return self.eval()

    def train(self, mode: bool = True) -> "FrozenBackbone":
        """Stay in evaluation mode whatever the network around it does."""
        return super().train(False)

    def as_rgb(self, image: Tensor) -> Tensor:
        """The three normalised channels (B, 3, H, W) of an image (B, bands, H, W) in 0..1.

        One or two bands are repeated; of more than three the first three are taken.
        """
        bands = image.shape[1]
        if bands < 3:
            image = torch.cat([image, image[:, -1:].expand(-1, 3 - bands, -1, -1)], dim=1)
        mean: Tensor = self.mean  # type: ignore[assignment]
        std: Tensor = self.std  # type: ignore[assignment]
        return (image[:, :3] - mean) / std

    def forward(self, image: Tensor, inject: Inject) -> list[Tensor]:
        """Maps (B, C_i, H / stride_i, W / stride_i), one a stage, of (B, bands, H, W) in 0..1."""
        raise NotImplementedError

    def blocks(self) -> tuple[Block, ...]:
        """Its blocks, found by a pass over a small image."""
        side = math.lcm(SMALL_SIDE, *self.strides)
        weight = next(self.parameters())
        image = torch.zeros(1, 3, side, side, dtype=weight.dtype, device=weight.device)
        return find_blocks(self, lambda: self(image, as_is))


class MapBackbone(FrozenBackbone):
    """A hierarchical network (ResNet, ConvNeXt, …): each stage yields a coarser map."""

    def __init__(
        self, network: FeatureListNet, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__(mean, std)
        self.network = network
        self.channels = tuple(network.feature_info.channels())
        self.strides = tuple(network.feature_info.reduction())
        self.entry_channels = (3, *self.channels[:-1])
        self.entry_strides = (1, *self.strides[:-1])
        self.channels_last = network.output_fmt is Format.NHWC

    def forward(self, image: Tensor, inject: Inject) -> list[Tensor]:
        """See `FrozenBackbone.forward`; stage 0 is the stem and takes no injection."""
        x = self.as_rgb(image)
        maps: list[Tensor] = []
        for name, module in self.network.items():
            x = module(x)
            if name in self.network.return_layers:
                maps.append(self._outward(x))
                if len(maps) < len(self.channels):
                    x = self._inward(inject(len(maps), maps[-1]))
        return maps

    def _outward(self, x: Tensor) -> Tensor:
        return x.permute(0, 3, 1, 2) if self.channels_last else x

    def _inward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1) if self.channels_last else x


class TokenBackbone(FrozenBackbone):
    """A plain vision transformer; its blocks are cut into four stages of one stride.

    The tokens of a stage are shown to the outside as a map (B, D, H/p, W/p); class and register
    tokens travel along untouched.
    """

    stages = 4

    def __init__(
        self, network: VisionTransformer | Eva, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__(mean, std)
        self.network = network
        patch = network.patch_embed.patch_size[0]
        self.channels = (network.embed_dim,) * self.stages
        self.strides = (patch,) * self.stages
        self.entry_channels = self.channels
        self.entry_strides = self.strides

    def forward(self, image: Tensor, inject: Inject) -> list[Tensor]:
        """See `FrozenBackbone.forward`; every stage takes an injection."""
        network = self.network
        x = network.patch_embed(self.as_rgb(image))
        height, width = x.shape[1:3] if x.ndim == 4 else self._size(image)
        prefix, depth = network.num_prefix_tokens, len(network.blocks)
        rotary: list[dict[str, Tensor]] = [{}] * depth
        if isinstance(network, Eva):
            x, rope = network._pos_embed(x)
            if rope is not None:
                mixed = getattr(network, "rope_mixed", False)
                rotary = [{"rope": rope[i] if mixed else rope} for i in range(depth)]
        else:
            x = network._pos_embed(x)
        x = network.norm_pre(x)
        maps = []
        for stage in range(self.stages):
            spatial = _to_map(x[:, prefix:], height, width)
            x = torch.cat([x[:, :prefix], _to_tokens(inject(stage, spatial))], dim=1)
            first, last = depth * stage // self.stages, depth * (stage + 1) // self.stages
            for index in range(first, last):
                x = network.blocks[index](x, **rotary[index])
            maps.append(_to_map(x[:, prefix:], height, width))
        return maps

    def _size(self, image: Tensor) -> tuple[int, int]:
        patch = self.strides[0]
        return image.shape[-2] // patch, image.shape[-1] // patch


class SealedBackbone(FrozenBackbone):
    """Any other feature extractor of timm's: maps come out, but nothing can be injected."""

    def __init__(self, network: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__(mean, std)
        self.network = network
        info: Any = network.feature_info
        self.channels = tuple(info.channels())
        self.strides = tuple(info.reduction())
        self.entry_channels = self.entry_strides = ()

    def forward(self, image: Tensor, inject: Inject) -> list[Tensor]:
        """See `FrozenBackbone.forward`; `inject` is never called."""
        maps: list[Tensor] = self.network(self.as_rgb(image))
        pairs = zip(maps, self.channels, strict=True)
        return [x if x.shape[1] == c else x.permute(0, 3, 1, 2) for x, c in pairs]


def takes_any_tile(backbone: FrozenBackbone) -> bool:
    """Whether maps at the promised strides come of an image that is not square."""
    side = math.lcm(32, *backbone.strides)
    try:
        with torch.no_grad():
            maps = backbone(torch.zeros(1, 3, side, 2 * side), as_is)
    except (AssertionError, RuntimeError, ValueError):
        return False
    pairs = zip(backbone.channels, backbone.strides, strict=True)
    return [tuple(x.shape[1:]) for x in maps] == [(c, side // s, 2 * side // s) for c, s in pairs]


def _to_map(tokens: Tensor, height: int, width: int) -> Tensor:
    return tokens.transpose(1, 2).reshape(tokens.shape[0], -1, height, width)


def _to_tokens(feature_map: Tensor) -> Tensor:
    return feature_map.flatten(2).transpose(1, 2)
