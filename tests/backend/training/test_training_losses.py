# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unknown has no say, and what is rare has enough."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.labels.burn import UNKNOWN
from weft.training.losses import (
    class_weights,
    dice_loss,
    intersection_over_union,
    segmentation_loss,
)

EVEN = torch.ones(3)


def random_case(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 3, 8, 8, generator=generator)
    mask = torch.randint(0, 3, (2, 8, 8), generator=generator)
    unknown = torch.rand(2, 8, 8, generator=generator) < 0.4
    return logits, mask.masked_fill(unknown, UNKNOWN), unknown


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.floats(-1e4, 1e4))
def test_logits_at_unknown_pixels_change_neither_loss_nor_gradient(seed: int, value: float) -> None:
    logits, mask, unknown = random_case(seed)
    other = logits.clone().movedim(1, -1)
    other[unknown] = torch.tensor([value, 0.0, -value])
    results = []
    for each in (logits, other.movedim(-1, 1)):
        leaf = each.clone().requires_grad_()
        loss = segmentation_loss(leaf, mask, torch.tensor([1.0, 2.0, 4.0]))
        loss.backward()
        results.append((loss.detach(), leaf.grad.movedim(1, -1)))
    (loss, gradient), (other_loss, other_gradient) = results
    assert loss.equal(other_loss)
    assert gradient[~unknown].equal(other_gradient[~unknown])
    assert not gradient[unknown].any()
    assert not other_gradient[unknown].any()


def test_a_batch_with_nothing_known_teaches_nothing() -> None:
    logits = torch.randn(1, 2, 4, 4, requires_grad=True)
    loss = segmentation_loss(logits, torch.full((1, 4, 4), UNKNOWN), torch.ones(2))
    loss.backward()
    assert loss == 0
    assert not logits.grad.any()


def test_a_perfect_prediction_costs_almost_nothing_and_its_opposite_much() -> None:
    mask = torch.randint(0, 3, (1, 16, 16))
    right = torch.nn.functional.one_hot(mask, 3).movedim(-1, 1) * 20.0
    assert segmentation_loss(right, mask, EVEN) < 1e-3
    assert segmentation_loss(-right, mask, EVEN) > 5


def test_a_class_that_is_not_in_the_batch_has_no_dice() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.long)
    mask[:, :4] = 1
    known = torch.ones_like(mask, dtype=torch.bool)
    probabilities = torch.full((1, 3, 8, 8), 1 / 3)
    with_absent = dice_loss(probabilities, mask, known)
    without = dice_loss(probabilities[:, :2], mask, known)
    assert with_absent == without
    expected = 1 - 2 * (32 / 3) / (32 + 64 / 3)
    assert float(with_absent) == pytest.approx(expected, abs=1e-6)


def test_background_alone_has_no_dice_but_a_cross_entropy() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.long)
    logits = torch.zeros(1, 2, 8, 8, requires_grad=True)
    assert dice_loss(logits.softmax(1), mask, mask == 0) == 0
    loss = segmentation_loss(logits, mask, torch.ones(2))
    assert float(loss.detach()) == pytest.approx(math.log(2), abs=1e-6)


def test_rare_classes_weigh_more_up_to_a_limit() -> None:
    weights = class_weights(torch.tensor([900_000, 99_000, 900, 1]))
    assert weights[0] == pytest.approx(1.0, abs=0.05)
    assert weights.tolist() == sorted(weights.tolist())
    assert weights.max() == 4.0
    assert class_weights(torch.tensor([50, 50])).unique().numel() == 1


def test_absent_classes_do_not_break_the_weights() -> None:
    for counts in ([100, 0, 5], [0, 0, 0]):
        weights = class_weights(torch.tensor(counts))
        assert weights.isfinite().all()
        assert (weights >= 1).all()


def test_iou_of_a_confusion_matrix() -> None:
    confusion = torch.tensor([[50, 5, 0], [10, 35, 0], [0, 0, 0]], dtype=torch.float64)
    first, second = intersection_over_union(confusion).tolist()
    assert first == pytest.approx(35 / 50)
    assert math.isnan(second)
