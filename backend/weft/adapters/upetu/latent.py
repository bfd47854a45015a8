# SPDX-License-Identifier: GPL-3.0-or-later
"""Latent weights that fit stored codes: what a Q-Linear layer starts from when it is loaded."""

import torch
import torch.nn.functional as F
from torch import Tensor

from weft.adapters.upetu.quantise import thresholds

MARGIN = 0.01  # of the way from a cell's edge to its level, so that rounding changes no code
TIES = 1e-3  # parts equal codes, so that one weight of an outermost cell can be a far outlier
DOUBLINGS = 40
HALVINGS = 45


def standard_weights(codes: Tensor, levels: Tensor, spread: float) -> Tensor:
    """Weights (n) of mean 0 and deviation `spread`, each within the cell of its code (n).

    The levels (2^b) of the codes themselves, brought to that mean and deviation, nearly always
    fit. Otherwise the weights are `clamp(c·v − λ)` to their cells, v near the levels of the codes:
    the mean falls with λ, and the deviation rises with c, so both are found by bisection. All in
    float64.
    """
    low, high = (edges[codes] for edges in cells(levels, 2 * len(codes) ** 0.5))
    chosen = levels[codes]
    deviation, mean = torch.std_mean(chosen, correction=0)
    scaled = (chosen - mean) * (spread / deviation.clamp_min(1e-12))
    if bool(((low <= scaled) & (scaled <= high)).all()):
        return scaled
    return bisected(chosen + torch.linspace(-TIES, TIES, len(codes)).double(), low, high, spread)


def cells(levels: Tensor, farthest: float) -> tuple[Tensor, Tensor]:
    """Lower and upper edges (2^b) of the cells, a little inside of them.

    Of n weights none lies farther than √n deviations from their mean, hence `farthest`.
    """
    cuts = thresholds(levels)
    low, high = F.pad(cuts, (1, 0), value=-farthest), F.pad(cuts, (0, 1), value=farthest)
    return low.lerp(levels, MARGIN), high.lerp(levels, MARGIN)


def bisected(v: Tensor, low: Tensor, high: Tensor, spread: float) -> Tensor:
    """`clamp(c·v − λ, low, high)` of mean 0, with the c that gives the deviation `spread`."""
    most = 1.0
    for _ in range(DOUBLINGS):
        if centred(most * v, low, high).std(correction=0) >= spread:
            break
        most *= 2
    least = 0.0
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        if centred(middle * v, low, high).std(correction=0) < spread:
            least = middle
        else:
            most = middle
    return centred(most * v, low, high)


def centred(v: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """`clamp(v − λ, low, high)` with the λ that makes its mean 0."""
    least, most = float((v - high).min()), float((v - low).max())
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        if (v - middle).clamp(low, high).mean() > 0:
            least = middle
        else:
            most = middle
    return (v - most).clamp(low, high)
