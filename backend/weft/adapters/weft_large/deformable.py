# SPDX-License-Identifier: GPL-3.0-or-later
"""Multi-scale deformable attention (arXiv:2010.04159), in plain torch."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DeformableAttention(nn.Module):
    """Each place q of a map gathers values from a few learned points of each level (eq. 3).

    `A(q) = W' concat_h Σ_l Σ_k α_hlk(q) · (W_h c_l)(p(q) + Δ_hlk(q))`

    p is the centre of q in the unit square; Δ is linear in q, in pixels of level l; α is linear in
    q, a softmax over the levels and points of a head. Values are half as wide as the map; of the
    `heads` as many are used as divide their width.
    """

    def __init__(self, width: int, levels: int, heads: int, points: int) -> None:
        super().__init__()
        values = width // 2
        self.heads, self.points = math.gcd(heads, values), points
        count = self.heads * levels * points
        self.offset = nn.Conv2d(width, 2 * count, 1)
        self.weigh = nn.Conv2d(width, count, 1)
        self.value = nn.Conv2d(width, values, 1)
        self.output = nn.Conv2d(values, width, 1)
        self._start(levels)

    @torch.no_grad()
    def _start(self, levels: int) -> None:
        """The paper's start: point k lies k pixels off, each head looks elsewhere, α is even."""
        for layer in (self.offset, self.weigh):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        for layer in (self.value, self.output):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        assert self.offset.bias is not None
        self.offset.bias.copy_(star(self.heads, levels, self.points).flatten())

    def forward(self, query: Tensor, levels: list[Tensor]) -> Tensor:
        """A (B, width, h, w) of a map of that shape and of levels (B, width, ., .)."""
        shape = (len(levels), self.points)
        offsets = self.offset(query).flatten(2).unflatten(1, (self.heads, *shape, 2))
        weights = self.weigh(query).flatten(2).unflatten(1, (self.heads, -1))
        weights = weights.float().softmax(2).unflatten(2, shape)
        values = [self.value(level).unflatten(1, (self.heads, -1)) for level in levels]
        centres = centres_of(query)
        with torch.autocast(query.device.type, enabled=False):
            gathered = gather(values, centres, offsets.float(), weights)
        a: Tensor = self.output(gathered.unflatten(2, query.shape[2:]))
        return a


def gather(values: list[Tensor], centres: Tensor, offsets: Tensor, weights: Tensor) -> Tensor:
    """Weighted sums (B, M d, N) of values, sampled bilinearly and zero beyond the edge.

    `values`: L maps (B, M, d, ., .); `centres` (2, N), x and y in 0..1; `offsets`
    (B, M, L, K, 2, N) in pixels of a level; `weights` (B, M, L, K, N). M heads, K points.
    """
    batch, heads = values[0].shape[:2]
    parts = []
    for index, value in enumerate(values):
        height, width = value.shape[-2:]
        size = torch.tensor([[width], [height]], device=centres.device)
        places = centres + offsets[:, :, index] / size
        grid = (2 * places - 1).transpose(-1, -2).flatten(0, 1)
        sampled = F.grid_sample(value.flatten(0, 1).float(), grid, align_corners=False)
        parts.append((sampled * weights[:, :, index].flatten(0, 1)[:, None]).sum(2))
    return torch.stack(parts).sum(0).unflatten(0, (batch, heads)).flatten(1, 2)


def centres_of(x: Tensor) -> Tensor:
    """The centres (2, h w) of the places of a map (B, C, h, w), x and y in 0..1."""
    height, width = x.shape[2:]
    rows = (torch.arange(height, device=x.device) + 0.5) / height
    columns = (torch.arange(width, device=x.device) + 0.5) / width
    y, x_ = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x_.flatten(), y.flatten()])


def star(heads: int, levels: int, points: int) -> Tensor:
    """Offsets (heads, levels, points, 2) on rays, point k on the square at distance k.

    With eight heads these are the eight neighbours of the paper's appendix.
    """
    angles = torch.arange(heads) * (2 * math.pi / heads)
    rays = torch.stack([angles.cos(), angles.sin()], dim=1)
    rays = rays / rays.abs().amax(1, keepdim=True)
    distances = torch.arange(1, points + 1).view(1, 1, points, 1)
    return (rays[:, None, None] * distances).expand(-1, levels, -1, -1)
