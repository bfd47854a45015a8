# SPDX-License-Identifier: GPL-3.0-or-later
"""What relates the places of an injection to each other (WEFT, subspace token optimiser, ESTO)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

POOLED = 8
OF_SAMPLE = (2, 3)
OF_BATCH = (0, 2, 3)


class Optimiser(nn.Module):
    """`A + δ·(1 + 0.5 M) ⊙ T`, with δ = σ(w·mean(A) + b), T by `context` and M the edge mask.

    The mask uses statistics of its own sample, not of the batch, so that a tile's result depends
    on that tile alone; `over` are the dimensions of (B, 1, h, w) that they are taken over.
    """

    def __init__(self, heads: int, over: tuple[int, ...] = OF_SAMPLE) -> None:
        super().__init__()
        self.heads, self.over = heads, over
        self.gate = nn.Linear(1, 1)

    def forward(self, a: Tensor) -> Tensor:
        """A map (B, width, h, w) of the same shape."""
        context = self.context(a) * (1 + 0.5 * edge_mask(a, self.over))
        gate = self.gate(a.mean((1, 2, 3))[:, None]).sigmoid()[:, :, None, None]
        return a + gate * context

    def context(self, a: Tensor) -> Tensor:
        """T (B, width, h, w), what the places of `a` gather of the whole map."""
        raise NotImplementedError

    def split(self, a: Tensor) -> Tensor:
        """The tokens (B, heads, h w, width / heads) of a map (B, width, h, w)."""
        return a.flatten(2).unflatten(1, (self.heads, -1)).transpose(-1, -2)


class SubspaceOptimiser(Optimiser):
    """Tokens of a map attend, in each of `heads` sub-spaces, to an 8x8 summary of the same map.

    Released form: `softmax(Â Âᵀ / (√d τ)) A` over all N tokens with Â normalised over the full
    width, where two weights differ by at most 13 %: a mean at a cost of N². Here Â is normalised a
    sub-space, τ is learned, and the summary bounds the cost by 64 N.
    """

    def __init__(self, heads: int, over: tuple[int, ...] = OF_SAMPLE) -> None:
        super().__init__(heads, over)
        self.temperature = nn.Parameter(torch.full((heads, 1, 1), 0.2))

    def context(self, a: Tensor) -> Tensor:
        """See `Optimiser.context`."""
        height, width = a.shape[2:]
        summary = F.adaptive_avg_pool2d(a, (min(POOLED, height), min(POOLED, width)))
        tokens, keys = self.split(a), self.split(summary)
        likeness = F.normalize(tokens, dim=-1) @ F.normalize(keys, dim=-1).transpose(-1, -2)
        context = (likeness / self.temperature.clamp_min(0.02)).softmax(-1) @ keys
        return context.transpose(-1, -2).reshape(a.shape)


class GlobalOptimiser(Optimiser):
    """The released form: in each sub-space h, `T_h = softmax(Â_h Â_hᵀ / √d_h) A_h`.

    Â = A / ‖A‖ over the full width, d_h is the width of a sub-space. Weights of all N tokens,
    which differ by at most a factor e^(2 / √d_h), 13 % for ViT-L.
    """

    def context(self, a: Tensor) -> Tensor:
        """See `Optimiser.context`."""
        tokens, directions = self.split(a), self.split(F.normalize(a, dim=1))
        context = F.scaled_dot_product_attention(directions, directions, tokens)
        return context.transpose(-1, -2).reshape(a.shape)


def edge_mask(a: Tensor, over: tuple[int, ...] = OF_SAMPLE) -> Tensor:
    """Where the channels of a map (B, C, h, w) disagree: 0..1, no gradient, (B, 1, h, w)."""
    with torch.no_grad():
        spread = a.float().var(1, keepdim=True)
        mean = spread.mean(over, keepdim=True)
        # a single place deviates by nothing, which is not defined over n - 1
        std = spread.std(over, correction=int(spread.numel() > mean.numel()), keepdim=True)
        return ((spread - mean) / (std + 1e-6)).sigmoid().to(a.dtype)
