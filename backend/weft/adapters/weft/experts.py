# SPDX-License-Identifier: GPL-3.0-or-later
"""Wavelet experts and their router (WEFT's extractor; wavelet convolutions: arXiv:2407.05848)."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.wavelets import HaarTransform
from weft.adapters.weft.norms import GROUP_NORMS, Norms

KERNELS = (1, 3, 5, 7, 9, 11, 13)


@dataclass(frozen=True)
class Routing:
    """Which expert sees which image: P pairs sorted by expert.

    `images` (P) and `experts` (P) are indexes, `weights` (P) sum to one an image, `counts` is the
    number of pairs of each expert.
    """

    images: Tensor
    experts: Tensor
    weights: Tensor
    counts: list[int]

    def add(self, c: Tensor, outputs: Tensor) -> Tensor:
        """The map `c` (B, C, h, w) and, on each image, the `outputs` (P, C, h, w) of its pairs."""
        return c.index_add(0, self.images, outputs)


class DenseRouting(Routing):
    """Every expert sees every image, in the order of the batch."""

    def add(self, c: Tensor, outputs: Tensor) -> Tensor:
        """See `Routing.add`."""
        # index_add becomes a ScatterND, in which threads of onnxruntime overwrite each other's sums
        return c + outputs.unflatten(0, (len(KERNELS), -1)).sum(0)


class Router(nn.Module):
    """Chooses the `chosen` best experts for each image from its mean features.

    The weights are the softmax over the chosen logits; the released code takes a softmax of a
    softmax, under which no expert can outweigh another by more than a factor e.
    """

    def __init__(self, width: int, chosen: int) -> None:
        super().__init__()
        self.score: nn.Module = nn.Linear(width, len(KERNELS))
        self.chosen = chosen

    def forward(self, x: Tensor) -> Routing:
        """The routing of a batch (B, width, h, w)."""
        best, experts = self.score(x.mean((2, 3))).float().topk(self.chosen, dim=1)
        order = experts.flatten().argsort(stable=True)
        images = torch.arange(len(x), device=x.device).repeat_interleave(self.chosen)[order]
        experts = experts.flatten()[order]
        counts = torch.bincount(experts, minlength=len(KERNELS)).tolist()
        return Routing(images, experts, best.softmax(1).flatten()[order], counts)


class TwiceRouter(Router):
    """Scores are probabilities already, so that weights are the softmax of a softmax."""

    def __init__(self, width: int, chosen: int) -> None:
        super().__init__(width, chosen)
        self.score = nn.Sequential(self.score, nn.Softmax(1))


class DenseRouter(nn.Module):
    """The same choice as `Router`, but every expert is evaluated and the others weigh nothing.

    For exporters, which need shapes that do not depend on the data.
    """

    def __init__(self, router: Router) -> None:
        super().__init__()
        self.score, self.chosen = router.score, router.chosen

    def forward(self, x: Tensor) -> Routing:
        """See `Router.forward`; P = 7 B."""
        logits = self.score(x.mean((2, 3))).float()
        least = logits.topk(self.chosen, dim=1).values[:, -1:]
        weights = logits.masked_fill(logits < least, float("-inf")).softmax(1)
        batch = torch.arange(len(x), device=x.device)
        experts = torch.arange(len(KERNELS), device=x.device)
        return DenseRouting(
            batch.repeat(len(KERNELS)),
            experts.repeat_interleave(len(x)),
            weights.T.flatten(),
            [len(x)] * len(KERNELS),
        )


class DepthwiseBank(nn.Module):
    """One depth-wise convolution an expert, each of its own kernel size."""

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels, channels, k, padding=k // 2, groups=channels) for k in KERNELS
        )
        self.scale = nn.Parameter(torch.full((len(KERNELS), channels, 1, 1), scale))

    def forward(self, x: Tensor, routing: Routing) -> Tensor:
        """Scaled convolutions of pairs (P, C, h, w)."""
        parts = x.split(routing.counts)
        outputs = [c(p) for c, p in zip(self.convolutions, parts, strict=True) if len(p)]
        return torch.cat(outputs) * self.scale[routing.experts]


class WaveletMixture(nn.Module):
    """`c + Σ weight · expert(c)` over the experts that the router chooses.

    An expert splits the channels into `splits` groups and sends them, each added to the last
    one's output, through one wavelet convolution
    `a · DW_k(x) + IWT(b · DW_k(WT(x)))`, then mixes all groups. Normalisation is by GroupNorm, so
    that a batch of one or two crops is enough; the released code has BatchNorm.
    """

    def __init__(self, width: int, splits: int, chosen: int, norms: Norms = GROUP_NORMS) -> None:
        super().__init__()
        self.part, self.splits, experts = width // splits, splits, len(KERNELS)
        self.router: Router | DenseRouter = Router(width, chosen)
        self.haar: nn.Module = HaarTransform()
        self.spatial = DepthwiseBank(self.part, 1.0)
        self.spectral = DepthwiseBank(4 * self.part, 0.1)
        self.inner_gain = nn.Parameter(torch.ones(experts, self.part, 1, 1))
        self.inner_offset = nn.Parameter(torch.zeros(experts, self.part, 1, 1))
        self.inner_norm = norms.expert(1, self.part, experts)
        self.mixers = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in KERNELS)
        self.outer_norm = norms.expert(4, width, experts)
        self.outer_gain = nn.Parameter(torch.ones(experts, width, 1, 1))
        self.outer_offset = nn.Parameter(torch.zeros(experts, width, 1, 1))

    def forward(self, c: Tensor) -> Tensor:
        """A map (B, width, h, w) of the same shape."""
        routing = self.router(c)
        pairs = c[routing.images]
        x, outputs = torch.zeros_like(pairs[:, : self.part]), []
        for part in pairs.split(self.part, dim=1):
            x = self._convolve(x + part, routing)
            outputs.append(x)
        mixed = self._mix(torch.cat(outputs, dim=1) + pairs, routing)
        weighted = mixed * routing.weights[:, None, None, None].to(mixed.dtype)
        return routing.add(c, weighted.to(c.dtype))

    def _convolve(self, x: Tensor, routing: Routing) -> Tensor:
        height, width = x.shape[2:]
        details = self.spectral(self.haar(even(x)), routing)
        details = self.haar.inverse(details)[..., :height, :width]  # type: ignore[operator]
        y = self.inner_norm(self.spatial(x, routing) + details, routing.counts)
        return F.relu(y * self.inner_gain[routing.experts] + self.inner_offset[routing.experts])

    def _mix(self, x: Tensor, routing: Routing) -> Tensor:
        parts = x.split(routing.counts)
        y = torch.cat([m(p) for m, p in zip(self.mixers, parts, strict=True) if len(p)])
        y = self.outer_norm(y, routing.counts)
        return F.relu(y * self.outer_gain[routing.experts] + self.outer_offset[routing.experts])


def even(x: Tensor) -> Tensor:
    """A map whose odd sides have one more row or column of zeros."""
    height, width = x.shape[2:]
    if height % 2 == width % 2 == 0:
        return x
    return F.pad(x, (0, width % 2, 0, height % 2))
