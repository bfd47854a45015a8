# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces what exporters cannot follow by parts that compute the same."""

from typing import TypeVar

from timm.models.vision_transformer_sam import Attention as SamAttention
from torch import nn

from weft.adapters.upetu.q_linear import QLinear
from weft.adapters.wavelets import HaarTransform, PlainHaarTransform
from weft.adapters.weft.experts import DenseRouter, Router

Module = TypeVar("Module", bound=nn.Module)


def exportable(network: Module) -> Module:
    """`network` itself, with parts that ONNX has words for, and SAM's attention not fused."""
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(child, HaarTransform):
                setattr(parent, name, PlainHaarTransform())
            elif isinstance(child, Router):
                setattr(parent, name, DenseRouter(child))
            elif isinstance(child, QLinear):
                setattr(parent, name, child.plain())
            elif isinstance(child, SamAttention):
                # ONNX has it for tensors of four axes alone
                child.fused_attn = False  # type: ignore[misc]
    return network
