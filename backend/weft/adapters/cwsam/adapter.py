# SPDX-License-Identifier: GPL-3.0-or-later
"""CWSAM's encoder: two bottlenecks and a prompt in every block of a vision transformer."""

from collections.abc import Iterable
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.contract import Adapter, Taps
from weft.adapters.cwsam.options import CwsamOptions
from weft.adapters.cwsam.prompt import LowFrequencyPrompt, add_to_patches
from weft.backbones.frozen import TokenBackbone
from weft.backbones.sam import SamBackbone
from weft.errors import RequestError
from weft.heads.level import Level

MLP_SHARE = 0.5

Args = tuple[Tensor, ...]


class CwsamAdapter(Adapter):
    """Block i computes, with p_i of `LowFrequencyPrompt`, A and M bottlenecks that begin as zero:

        x ← x + p_i,   a = Attn(LN x),   x ← x + a + A(a),   z = LN x,   x ← x + MLP(z) + 0.5·M(z)

    In networks with LayerScale it scales both sums, `a + A(a)` and `MLP(z) + 0.5·M(z)`. The heads
    receive the last map alone, which is the neck's in SAM.

    Hooks act between `begin` and `finish`; any other pass is the frozen network's.
    """

    def __init__(self, taps: Taps, options: CwsamOptions | None = None) -> None:
        super().__init__(taps)
        backbone, chosen = transformer_of(taps), options or CwsamOptions()
        self.channels, self.strides = taps.channels[-1:], taps.strides[-1:]
        width, depth = taps.channels[0], len(taps.blocks)
        hidden = max(1, width // chosen.reduction)
        self.after_attention = nn.ModuleList(Bottleneck(width, hidden) for _ in range(depth))
        self.beside_mlp = nn.ModuleList(Bottleneck(width, hidden) for _ in range(depth))
        self.prompt = LowFrequencyPrompt(width, taps.strides[0], depth, chosen)
        self._awaited = False
        self._guide: Tensor | None = None
        backbone.network.patch_embed.register_forward_hook(self._see)
        for index, block in enumerate(taps.blocks):
            assert block.attention is not None
            assert block.mlp is not None
            block.module.register_forward_pre_hook(partial(self._enter, index))
            block.attention.register_forward_hook(partial(self._attended, index))
            block.mlp.register_forward_hook(partial(self._mixed, index))

    def upstream(self) -> Iterable[nn.Parameter]:
        """All of it."""
        return self.parameters()

    def begin(self, image: Tensor) -> None:
        """Let the pass that follows be an adapted one."""
        self._awaited = True

    def plain(self, maps: list[Tensor]) -> list[Level]:
        """The last map alone."""
        return [Level(maps[-1])]

    def finish(self, maps: list[Tensor], stream: None) -> list[Level]:
        """The last map alone; the prompt's source is released."""
        self._guide = None
        return self.plain(maps)

    def _see(self, embed: nn.Module, args: Args, patches: Tensor) -> None:
        # also forgets a pass that never came to its end
        self._guide = self.prompt.guide(args[0], patches) if self._awaited else None
        self._awaited = False

    def _enter(self, index: int, block: nn.Module, args: Args) -> Args | None:
        if self._guide is None:
            return None
        return (add_to_patches(args[0], self.prompt(self._guide, index)), *args[1:])

    def _attended(self, index: int, layer: nn.Module, args: Args, a: Tensor) -> Tensor | None:
        # tokens are corrected one by one, so windows around the attention do not matter
        return None if self._guide is None else a + self.after_attention[index](a)

    def _mixed(self, index: int, layer: nn.Module, args: Args, output: Tensor) -> Tensor | None:
        if self._guide is None:
            return None
        return output + MLP_SHARE * self.beside_mlp[index](args[0])


class Bottleneck(nn.Module):
    """`Up(GELU(Down(x)))`, zero at the start."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.down = nn.Linear(width, hidden)
        self.up = nn.Linear(hidden, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (…, D) of the same shape."""
        result: Tensor = self.up(F.gelu(self.down(x)))
        return result


def transformer_of(taps: Taps) -> TokenBackbone | SamBackbone:
    """The backbone, if it is a plain vision transformer; RequestError if it is none."""
    plain = all(block.attention is not None and block.mlp is not None for block in taps.blocks)
    if isinstance(taps.backbone, TokenBackbone | SamBackbone) and taps.blocks and plain:
        return taps.backbone
    raise RequestError(
        "The adapter cwsam works inside plain vision transformers such as samvit_base_patch16, "
        "and this backbone is none; choose another adapter or backbone."
    )
