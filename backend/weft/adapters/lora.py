# SPDX-License-Identifier: GPL-3.0-or-later
"""LoRA (arXiv:2106.09685): each layer of attention and MLP gets a correction of low rank."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from timm.layers import Conv2dSame
from torch import Tensor, nn

from weft.adapters.contract import Adapter, Taps
from weft.backbones.blocks import Block
from weft.errors import RequestError

POSITIONS = "cpb_mlp"  # Swin V2's biases of relative positions, which see no features


@dataclass(frozen=True)
class LoraOptions:
    """`rank` r of the corrections, which are scaled by `alpha` / r."""

    rank: int = 16
    alpha: float = 16.0

    def __post_init__(self) -> None:
        if not 1 <= self.rank <= 1024:
            raise ValueError(f"a rank of {self.rank} makes no sense; give rank=1 to rank=1024.")


class LoraAdapter(Adapter):
    """`W x + α/r · B A x` (section 4.1), A random and B zero at the start, W frozen.

    Transformers and ConvNeXts have it in every linear layer of attention and MLP; networks without
    either, such as ResNets, in every ungrouped convolution of their blocks, where A has the
    convolution's kernel and B is 1x1, as the authors' code does it.
    """

    def __init__(self, taps: Taps, options: LoraOptions | None = None) -> None:
        super().__init__(taps)
        chosen = options or LoraOptions()
        self.corrections = nn.ModuleList()
        for attention in (block.attention for block in taps.blocks if block.attention):
            # else timm's BEiT, EVA and Swin V2 compute with the layer's weight, and no hook runs
            if hasattr(attention, "qkv_bias_separate"):
                attention.qkv_bias_separate = True  # type: ignore[assignment]
        for layer in (layer for block in taps.blocks for layer in correctable(block)):
            correction = Correction(layer, chosen.rank, chosen.alpha / chosen.rank)
            layer.register_forward_hook(correction.beside)
            self.corrections.append(correction)
        if not self.corrections:
            raise RequestError(
                "The adapter lora finds no layer to correct in this backbone; choose another "
                "adapter or backbone."
            )

    def upstream(self) -> Iterable[nn.Parameter]:
        """All of it."""
        return self.corrections.parameters()


class Correction(nn.Module):
    """`scale · B(A(x))` for a linear layer or a convolution."""

    def __init__(self, layer: nn.Linear | nn.Conv2d, rank: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.a: nn.Module
        self.b: nn.Linear | nn.Conv2d
        if isinstance(layer, nn.Linear):
            self.a = nn.Linear(layer.in_features, rank, bias=False)
            self.b = nn.Linear(rank, layer.out_features, bias=False)
        else:
            self.a = convolution_like(layer, rank)
            self.b = nn.Conv2d(rank, layer.out_channels, 1, bias=False)
        nn.init.zeros_(self.b.weight)

    def forward(self, x: Tensor) -> Tensor:
        """The correction of the layer's output for its input `x`."""
        result: Tensor = self.b(self.a(x))
        return self.scale * result

    def beside(self, layer: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        """A hook that adds the correction to the layer's output."""
        return output + self(args[0])


def convolution_like(layer: nn.Conv2d, channels: int) -> nn.Conv2d:
    """A convolution of the same geometry to so many channels."""
    kind = Conv2dSame if isinstance(layer, Conv2dSame) else nn.Conv2d
    made = kind(
        layer.in_channels,
        channels,
        layer.kernel_size,  # type: ignore[arg-type]
        stride=layer.stride,  # type: ignore[arg-type]
        padding=layer.padding,  # type: ignore[arg-type]
        dilation=layer.dilation,  # type: ignore[arg-type]
        bias=False,
    )
    assert isinstance(made, nn.Conv2d)
    return made


def correctable(block: Block) -> Iterator[nn.Linear | nn.Conv2d]:
    """The layers of a block that get a correction."""
    parts = [part for part in (block.attention, block.mlp) if part is not None]
    named = (each for part in parts or [block.module] for each in part.named_modules())
    for module in (module for name, module in named if POSITIONS not in name):
        if isinstance(module, nn.Linear) or (isinstance(module, nn.Conv2d) and module.groups == 1):
            yield module
