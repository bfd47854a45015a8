# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unknown has no say, and what is rare has enough."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.labels.burn import UNKNOWN
from weft.training.losses import (
    dice_loss,
    interior_loss,
    intersection_over_union,
    loss_of,
    segmentation_loss,
)
from weft.training.truth import Truth


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
        loss = segmentation_loss(leaf, mask)
        loss.backward()
        results.append((loss.detach(), leaf.grad.movedim(1, -1)))
    (loss, gradient), (other_loss, other_gradient) = results
    assert loss.equal(other_loss)
    assert gradient[~unknown].equal(other_gradient[~unknown])
    assert not gradient[unknown].any()
    assert not other_gradient[unknown].any()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.floats(-1e4, 1e4), st.booleans())
def test_interiors_of_unknown_pixels_change_neither_loss_nor_gradient(
    seed: int, value: float, inside: bool
) -> None:
    logits, mask, unknown = random_case(seed)
    interior = (mask == 1).long()
    leaf, other_leaf = logits[:, 0].clone(), logits[:, 0].masked_fill(unknown, value)
    pairs = [(leaf, interior), (other_leaf, interior.masked_fill(unknown, int(inside)))]
    losses = []
    for each, truth in pairs:
        each.requires_grad_()
        losses.append(interior_loss(each, Truth(mask, truth)))
        losses[-1].backward()
    assert losses[0].equal(losses[1])
    assert leaf.grad.equal(other_leaf.grad)
    assert not leaf.grad[unknown].any()


def test_a_rim_that_is_taken_for_interior_costs_something() -> None:
    mask = torch.ones(1, 16, 16, dtype=torch.long)
    interior = torch.zeros_like(mask)
    interior[:, 4:12, 4:12] = 1
    right = torch.stack([-mask, mask, 2 * interior - 1], 1) * 20.0
    fused = right.clone()
    fused[:, 2] = 20.0
    truth = Truth(mask, interior)
    assert loss_of(right, truth) < 1e-3 < 1 < loss_of(fused, truth)


def test_a_batch_with_nothing_known_teaches_nothing() -> None:
    logits = torch.randn(1, 2, 4, 4, requires_grad=True)
    loss = segmentation_loss(logits, torch.full((1, 4, 4), UNKNOWN))
    loss.backward()
    assert loss == 0
    assert not logits.grad.any()


def test_a_perfect_prediction_costs_almost_nothing_and_its_opposite_much() -> None:
    mask = torch.randint(0, 3, (1, 16, 16))
    right = torch.nn.functional.one_hot(mask, 3).movedim(-1, 1) * 20.0
    assert segmentation_loss(right, mask) < 1e-3
    assert segmentation_loss(-right, mask) > 5


def test_a_class_that_is_not_in_the_batch_has_no_dice() -> None:
    truth = torch.zeros(1, 2, 8, 8)
    truth[:, 0, :4] = 1
    probabilities, known = torch.full((1, 2, 8, 8), 1 / 3), torch.ones(1, 8, 8)
    with_absent = dice_loss(probabilities, truth, known)
    without = dice_loss(probabilities[:, :1], truth[:, :1], known)
    assert with_absent == without
    expected = 1 - 2 * (32 / 3) / (32 + 64 / 3)
    assert float(with_absent) == pytest.approx(expected, abs=1e-6)


def test_background_alone_has_no_dice_but_a_cross_entropy() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.long)
    logits = torch.zeros(1, 2, 8, 8, requires_grad=True)
    assert dice_loss(logits[:, 1:].exp(), torch.zeros(1, 1, 8, 8), torch.ones(1, 8, 8)) == 0
    loss = segmentation_loss(logits, mask)
    assert float(loss.detach()) == pytest.approx(math.log(2), abs=1e-6)


def test_a_small_object_has_a_say() -> None:
    """By cross-entropy alone, to miss the small one costs 1 / 256 of what the large one costs."""
    costs = []
    for side in (2, 32):
        mask = torch.zeros(1, 64, 64, dtype=torch.long)
        mask[:, :side, :side] = 1
        missed = torch.tensor([5.0, -5.0]).view(1, 2, 1, 1).expand(1, 2, 64, 64)
        found = missed.where(mask[:, None] == 0, -missed)
        costs.append(float(segmentation_loss(missed, mask) - segmentation_loss(found, mask)))
    small, large = costs
    assert small > large / 8


def test_iou_of_a_confusion_matrix() -> None:
    confusion = torch.tensor([[50, 5, 0], [10, 35, 0], [0, 0, 0]], dtype=torch.float64)
    first, second = intersection_over_union(confusion).tolist()
    assert first == pytest.approx(35 / 50)
    assert math.isnan(second)


def test_a_false_pixel_of_an_absent_class_tells_of_no_iou_of_it() -> None:
    confusion = torch.tensor([[49, 5, 1], [10, 35, 0], [0, 0, 0]], dtype=torch.float64)
    first, second = intersection_over_union(confusion).tolist()
    assert first == pytest.approx(35 / 50)
    assert math.isnan(second)
