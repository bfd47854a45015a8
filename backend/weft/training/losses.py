# SPDX-License-Identifier: GPL-3.0-or-later
"""Cross-entropy and Dice over what is known, for classes and for interiors."""

import torch
import torch.nn.functional as F
from torch import Tensor

from weft.labels.burn import UNKNOWN
from weft.network import split
from weft.training.truth import Truth

INTERIOR = 0.5


def loss_of(vote: Tensor, truth: Truth) -> Tensor:
    """The loss, a scalar, of a head's vote (B, 1 + K + 1, H, W); interiors weigh INTERIOR."""
    logits, interior = split(vote)
    return segmentation_loss(logits, truth.mask) + INTERIOR * interior_loss(interior, truth)


def interior_loss(logits: Tensor, truth: Truth) -> Tensor:
    """Cross-entropy plus Dice loss of logits (B, H, W) that a pixel is interior."""
    logits = logits.float()
    known = (truth.mask != UNKNOWN).to(logits.dtype)
    if not known.any():
        return logits.sum() * 0
    wanted = truth.interior.to(logits.dtype) * known
    entropy = F.binary_cross_entropy_with_logits(logits, wanted, known, reduction="sum")
    dice = dice_loss(logits.sigmoid()[:, None], wanted[:, None], known)
    return entropy / known.sum() + dice


def segmentation_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy plus the mean soft Dice loss of the classes that are in the batch.

    `logits` (B, 1 + K, H, W), `mask` (B, H, W) with 255 for unknown. Dice gives rare classes their
    say, as it does not depend on how large a class is.
    """
    logits = logits.float()
    known = (mask != UNKNOWN).to(logits.dtype)
    if not known.any():
        return logits.sum() * 0
    classes = torch.arange(1, logits.shape[1], device=mask.device).view(-1, 1, 1)
    truth = (mask[:, None] == classes).to(logits.dtype)
    logarithms = logits.log_softmax(1)
    entropy = F.nll_loss(logarithms, mask, ignore_index=UNKNOWN)
    return entropy + dice_loss(logarithms[:, 1:].exp(), truth, known)


def dice_loss(probabilities: Tensor, truth: Tensor, known: Tensor) -> Tensor:
    """1 - Dice, averaged over the classes with at least one pixel; all known pixels pooled.

    `probabilities` and `truth`, 0 or 1, (B, K, H, W); `known`, 0 or 1, (B, H, W); all of one float
    type. Nothing is true where it is not known.
    """
    guess = probabilities * known[:, None]
    shared, size = (truth * guess).sum((0, 2, 3)), truth.sum((0, 2, 3))
    present = size > 0
    if not present.any():
        return guess.mean() * 0
    total = size + guess.sum((0, 2, 3))
    return (1 - 2 * shared / total.clamp_min(1.0))[present].mean()


def intersection_over_union(confusion: Tensor) -> Tensor:
    """IoU (K,) of the classes from a confusion matrix (1 + K, 1 + K), true classes in its rows.

    NaN for classes that are not true anywhere, as a single false pixel would make their IoU 0.
    """
    hits, true = confusion.diagonal(), confusion.sum(1)
    return torch.where(true > 0, hits / (true + confusion.sum(0) - hits), torch.nan)[1:]
