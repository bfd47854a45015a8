# SPDX-License-Identifier: GPL-3.0-or-later
"""The quantiser of normally distributed weights (after arXiv:2307.16867), and tight packing."""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

MOST_BITS = 8
ROUNDS = 20  # Newton's method gains no digit after six


@cache
def gaussian_levels(bits: int) -> tuple[float, ...]:
    """The 2^bits levels l_k that minimise E|x − Q(x)| of x ~ N(0, 1), in ascending order.

    Cells meet half way, t_k = (l_k + l_{k+1}) / 2, and a level is the median of its cell:
    `Φ(l_k) = (Φ(t_{k−1}) + Φ(t_k)) / 2`. This fixed point is found by Newton's method, from the
    asymptotic optimum, whose levels have the density of N(0, 2). One bit gives ±0.6745.
    """
    count = 2**bits
    ranks = torch.arange(count, dtype=torch.float64, device="cpu")
    levels = 2**0.5 * torch.special.ndtri((ranks + 0.5) / count)
    for _ in range(ROUNDS):
        cuts = thresholds(levels)
        medians = _medians(cuts)
        levels = levels - torch.linalg.solve(_slopes(medians, cuts), levels - medians)
    return tuple(((levels - levels.flip(0)) / 2).tolist())


def _medians(cuts: Tensor) -> Tensor:
    """The median of N(0, 1) in each of the cells between `cuts`."""
    below = torch.special.ndtr(cuts)
    return torch.special.ndtri((F.pad(below, (1, 0)) + F.pad(below, (0, 1), value=1.0)) / 2)


def _slopes(medians: Tensor, cuts: Tensor) -> Tensor:
    """Derivatives of levels minus medians by the levels, of which `cuts` are the mid-points."""
    density, shares = _density(cuts) / 4, 1 / _density(medians)[:, None]
    own = F.pad(density, (1, 0)) + F.pad(density, (0, 1))
    moved = torch.diag(own) + torch.diag(density, 1) + torch.diag(density, -1)
    return torch.eye(len(medians), dtype=moved.dtype, device=moved.device) - shares * moved


def _density(x: Tensor) -> Tensor:
    return torch.exp(-x.square() / 2) / (2 * torch.pi) ** 0.5


def thresholds(levels: Tensor) -> Tensor:
    """The mid-points between levels (2^b), (2^b − 1)."""
    return (levels[:-1] + levels[1:]) / 2


def pack(codes: Tensor, bits: int) -> Tensor:
    """Codes (n) below 2^bits as bit planes (bits, ⌈n / 8⌉) of type uint8."""
    planes = codes >> torch.arange(bits, device=codes.device)[:, None] & 1
    octets = F.pad(planes, (0, -codes.numel() % 8)).unflatten(1, (-1, 8))
    return (octets << torch.arange(8, device=codes.device)).sum(2).to(torch.uint8)


def unpack(packed: Tensor, count: int) -> Tensor:
    """The first `count` codes of bit planes (bits, ⌈count / 8⌉), int64."""
    octets = packed.long()[:, :, None] >> torch.arange(8, device=packed.device) & 1
    planes = octets.flatten(1)[:, :count]
    return (planes << torch.arange(len(packed), device=packed.device)[:, None]).sum(0)
