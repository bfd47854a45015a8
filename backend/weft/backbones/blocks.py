# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of a network: the places where methods act inside of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

NAMES = re.compile(r"\w*(Block|Bottleneck|InvertedResidual|SeparableConv)\w*")
NO_BLOCKS = re.compile(r"DropBlock\w*")


@dataclass(frozen=True)
class Block:
    """One block, with the parts that transformers have: `attention` and `mlp` are None in others.

    `width` counts the channels that leave it. They are the dimension `axis` of its output: 1 of
    maps (B, C, h, w), -1 of tokens (B, N, C) and maps (B, h, w, C). `keeps_shape` tells whether
    its output has the shape of its input.
    """

    module: nn.Module
    attention: nn.Module | None
    mlp: nn.Module | None
    width: int
    axis: int
    keeps_shape: bool


def find_blocks(network: nn.Module, run: Callable[[], object]) -> tuple[Block, ...]:
    """The outermost blocks of `network` in the order in which `run`, a forward pass, goes."""
    found: list[Block] = []

    def describe(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
        attention, mlp = getattr(module, "attn", None), getattr(module, "mlp", None)
        axis = 1 if attention is None and output.ndim == 4 else -1
        keeps = args[0].shape == output.shape
        found.append(Block(module, attention, mlp, output.shape[axis], axis, keeps))

    hooks = [block.register_forward_hook(describe) for block in outermost(network)]
    try:
        with torch.no_grad():
            run()
    finally:
        for hook in hooks:
            hook.remove()
    return tuple(found)


def outermost(network: nn.Module) -> Iterator[nn.Module]:
    """Blocks that lie in no other block."""
    for child in network.children():
        name = type(child).__name__
        if NAMES.fullmatch(name) and not NO_BLOCKS.fullmatch(name):
            yield child
        else:
            yield from outermost(child)
