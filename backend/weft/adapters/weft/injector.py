# SPDX-License-Identifier: GPL-3.0-or-later
"""What the trainable stream tells the frozen one before a stage (WEFT's conditional adapter)."""

import torch
import torch.nn.functional as F
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.heads.level import resize

POOLED = 8


class SubspaceOptimiser(nn.Module):
    """Tokens of a map attend, in each of `heads` sub-spaces, to an 8x8 summary of the same map.

    Released form: `softmax(Â Âᵀ / (√d τ)) A` over all N tokens with Â normalised over the full
    width, where two weights differ by at most 13 %: a mean at a cost of N². Here Â is normalised a
    sub-space, τ is learned, and the summary bounds the cost by 64 N. The edge mask uses statistics
    of its own sample, not of the batch, so that a tile's result depends on that tile alone.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.temperature = nn.Parameter(torch.full((heads, 1, 1), 0.2))
        self.gate = nn.Linear(1, 1)

    def forward(self, a: Tensor) -> Tensor:
        """A map (B, width, h, w) of the same shape."""
        height, width = a.shape[2:]
        summary = F.adaptive_avg_pool2d(a, (min(POOLED, height), min(POOLED, width)))
        tokens, keys = self._split(a), self._split(summary)
        likeness = F.normalize(tokens, dim=-1) @ F.normalize(keys, dim=-1).transpose(-1, -2)
        context = (likeness / self.temperature.clamp_min(0.02)).softmax(-1) @ keys
        context = context.transpose(-1, -2).reshape(a.shape)
        context = context * (1 + 0.5 * edge_mask(a))
        gate = self.gate(a.mean((1, 2, 3))[:, None]).sigmoid()[:, :, None, None]
        return a + gate * context

    def _split(self, a: Tensor) -> Tensor:
        return a.flatten(2).unflatten(1, (self.heads, -1)).transpose(-1, -2)


def edge_mask(a: Tensor) -> Tensor:
    """Where the channels of a map (B, C, h, w) disagree: 0..1, no gradient, (B, 1, h, w)."""
    with torch.no_grad():
        spread = a.float().var(1, keepdim=True)
        mean, std = spread.mean((2, 3), keepdim=True), spread.std((2, 3), keepdim=True)
        return ((spread - mean) / (std + 1e-6)).sigmoid().to(a.dtype)


class Injector(nn.Module):
    """`x ← x + γ · optimise(A)`, γ zero at the start; A gathers the levels at each place of x.

    A is multi-scale attention whose sampling points are fixed to the query's own place: each place
    weighs the levels by its own features. The deformable form belongs to ViT-L-sized backbones.
    """

    def __init__(self, channels: int, width: int, levels: int, heads: int) -> None:
        super().__init__()
        self.norm = LayerNorm2d(channels)
        self.weigh = nn.Conv2d(channels, heads * levels, 1)
        self.values = nn.ModuleList(
            nn.Sequential(LayerNorm2d(width), nn.Conv2d(width, width, 1)) for _ in range(levels)
        )
        self.optimise = SubspaceOptimiser(width, heads)
        self.expand = nn.Conv2d(width, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.heads = heads

    def forward(self, x: Tensor, levels: list[Tensor]) -> Tensor:
        """The frozen map (B, channels, h, w) with what the levels (B, width, ., .) have to add."""
        weights = self.weigh(self.norm(x)).unflatten(1, (self.heads, -1)).softmax(2)
        gathered = torch.zeros_like(x[:, : levels[0].shape[1]]).unflatten(1, (self.heads, -1))
        for index, (value, level) in enumerate(zip(self.values, levels, strict=True)):
            here = resize(value(level), x.shape[2:]).unflatten(1, (self.heads, -1))
            gathered = gathered + weights[:, :, index, None] * here
        a = self.optimise(gathered.flatten(1, 2))
        return x + F.conv2d(a, *gated(self.expand, self.gamma))


def gated(layer: nn.Module, gate: Tensor) -> tuple[Tensor, Tensor]:
    """Weight and bias of `gate · layer`, for a gate (1, C, 1, 1): no pass over the wide map."""
    assert isinstance(layer, nn.Conv2d)
    assert layer.bias is not None
    return layer.weight * gate.view(-1, 1, 1, 1), layer.bias * gate.flatten()
