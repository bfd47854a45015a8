# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the held-out area, as an analyst would count them on the map."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from weft.bundle import FoundObjects
from weft.device import Device
from weft.jobs import held_out_objects
from weft.jobs.held_out_objects import count_objects
from weft.training.patches import LabelledPatch

CPU = Device(torch.device("cpu"), "CPU", None, torch.float32)
Answer = Callable[[LabelledPatch], np.ndarray]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Makes the network see objects where a function of the patch says so."""

    def set_to(answer: Answer) -> None:
        def forward(network: object, patch: LabelledPatch, device: Device) -> Tensor:
            objects = torch.from_numpy(answer(patch)).float()
            interior = torch.from_numpy(patch.interior).float()
            return torch.stack([1 - objects, objects, interior]) * 20 - 10

        monkeypatch.setattr(held_out_objects, "forward_whole", forward)

    return set_to


def counted(scene) -> tuple[int, int, int]:
    unseen = [region for region in scene.regions if region.area == 0]
    (objects,) = count_objects(None, scene.store, CPU, 1, unseen)  # type: ignore[arg-type]
    return objects.hits, objects.true, objects.found


def test_a_perfect_answer_finds_every_object(squares, answers) -> None:
    answers(lambda patch: patch.mask == 1)
    assert counted(squares) == (4, 4, 4)


def test_what_is_missed_and_what_is_false_are_told_apart(squares, answers) -> None:
    def half(patch: LabelledPatch) -> np.ndarray:
        found = patch.mask == 1
        rows, columns = np.nonzero(found)
        found[rows.mean().astype(int) :] = False
        # in the free corner between four squares
        found[rows.min() + 30 : rows.min() + 38, columns.min() + 28 : columns.min() + 36] = True
        return found

    answers(half)
    hits, true, found = counted(squares)
    assert (hits, true) == (2, 4)
    assert found == 3


def test_what_is_mostly_false_is_not_counted_as_it_is_not_drawn(squares, answers) -> None:
    def unsure_of_one(patch: LabelledPatch) -> np.ndarray:
        found = (patch.mask == 1).astype(float)
        rows, columns = np.nonzero(found)
        upper, left = rows < rows.mean(), columns < columns.mean()
        # through 20 p - 10, a probability of 0.65
        found[rows[upper & left], columns[upper & left]] = 0.5155
        return found

    answers(unsure_of_one)
    assert counted(squares) == (3, 4, 3)


def test_beyond_the_area_nothing_counts(squares, answers) -> None:
    answers(lambda patch: np.ones(patch.mask.shape, bool))
    assert counted(squares)[2] <= 4


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((8, 10, 10), 0.490, 0.943), ((0, 5, 5), 0.0, 0.434), ((5, 5, 5), 0.566, 1.0)],
)
def test_the_range_is_wilsons(counts: tuple[int, int, int], low: float, high: float) -> None:
    objects = FoundObjects.of(*counts)
    assert (objects.f1_low, objects.f1_high) == pytest.approx((low, high), abs=1e-3)


def test_nothing_to_count_says_nothing() -> None:
    assert FoundObjects.of(0, 0, 0) == FoundObjects(0, 0, 0, 0.0, 1.0)
    assert math.isclose(FoundObjects.of(0, 0, 1).f1_low, 0.0)
