# SPDX-License-Identifier: GPL-3.0-or-later
"""The two-way transformer of Segment Anything's mask decoder (arXiv:2304.02643, appendix A)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class TwoWayTransformer(nn.Module):
    """Tokens (B, T, D) and places (B, N, D) attend to each other, `depth` times and once more.

    Positions are added to places, and the first tokens to tokens, wherever they are compared.
    """

    def __init__(self, width: int, depth: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(TwoWayLayer(width, heads, hidden) for _ in range(depth))
        self.last = Attention(width, heads, width // 2)
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor, places: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        """New tokens and places, for positions (N, D)."""
        first = tokens
        for layer in self.layers:
            tokens, places = layer(tokens, places, first, positions)
        seen = self.last(tokens + first, places + positions, places)
        return self.norm(tokens + seen), places


class TwoWayLayer(nn.Module):
    """Tokens to tokens, tokens to places, an MLP on tokens, places to tokens.

    Each is added and then normalised. Attention between tokens and places has half the width.
    """

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.own = Attention(width, heads, width)
        self.to_places = Attention(width, heads, width // 2)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))
        self.to_tokens = Attention(width, heads, width // 2)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(4))

    def forward(
        self, tokens: Tensor, places: Tensor, first: Tensor, positions: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See `TwoWayTransformer`."""
        named = tokens + first
        tokens = self.norms[0](tokens + self.own(named, named, tokens))
        seen = self.to_places(tokens + first, places + positions, places)
        tokens = self.norms[1](tokens + seen)
        tokens = self.norms[2](tokens + self.mlp(tokens))
        told = self.to_tokens(places + positions, tokens + first, tokens)
        return tokens, self.norms[3](places + told)


class Attention(nn.Module):
    """Attention of several heads, computed at an `inner` width."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, inner) for _ in range(3))
        self.out = nn.Linear(inner, width)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """(B, Q, D) of queries (B, Q, D), keys and values (B, K, D)."""
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer, x in ((self.query, query), (self.key, key), (self.value, value))
        )
        result: Tensor = self.out(
            F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        )
        return result


class FourierPositions(nn.Module):
    """Sines and cosines of random projections of a place (arXiv:2006.10739), never trained."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("directions", torch.randn(2, width // 2))

    def forward(self, height: int, width: int) -> Tensor:
        """(height · width, D), row by row; a map's edges are at -1 and 1."""
        directions = self.get_buffer("directions")
        y, x = (
            2 * (torch.arange(count, device=directions.device) + 0.5) / count - 1
            for count in (height, width)
        )
        places = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
        angles = 2 * math.pi * (places[..., :1] * directions[0] + places[..., 1:] * directions[1])
        return torch.cat([angles.sin(), angles.cos()], dim=-1).flatten(0, 1)
