# SPDX-License-Identifier: GPL-3.0-or-later
"""What the released code does inside of frozen blocks while it trains."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from timm.layers import DropPath
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from weft.backbones.blocks import Block


class BlockDrop(DropPath):
    """DropPath (arXiv:1603.09382) of a frozen block's attention and MLP, while the adapter trains.

    In windowed attention it drops windows, not samples.
    """

    def instead(self, layer: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        """A hook that drops the layer's output."""
        dropped: Tensor = self(output)
        return dropped


def drop_in_blocks(blocks: tuple[Block, ...], most: float) -> nn.ModuleList:
    """Hooked to all blocks, with rates that rise from 0 to `most`; nothing when `most` is 0."""
    drops = nn.ModuleList()
    for index, block in enumerate(blocks if most else ()):
        drop = BlockDrop(most * index / max(1, len(blocks) - 1))
        for layer in (block.attention, block.mlp):
            if layer is not None:
                layer.register_forward_hook(drop.instead)
        drops.append(drop)
    return drops


@dataclass(frozen=True)
class Recomputed:
    """A module's `forward` that keeps no activations, but runs again in the backward pass."""

    forward: Callable[..., Any]

    def __call__(self, *args: Any, **named: Any) -> Any:
        """What `forward` gives."""
        if not torch.is_grad_enabled():
            return self.forward(*args, **named)
        return checkpoint(self.forward, *args, use_reentrant=False, **named)


def recompute_blocks(blocks: tuple[Block, ...]) -> None:
    """Gradient checkpointing (arXiv:1604.06174) of all blocks."""
    for block in blocks:
        block.module.forward = Recomputed(block.module.forward)
