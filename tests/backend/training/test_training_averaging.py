# SPDX-License-Identifier: GPL-3.0-or-later
"""The average of weights follows them, and gives them back after it was applied."""

import pytest
import torch

from weft.training.averaging import WeightAverage


def parameter(*values: float) -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.tensor(values))


def test_the_average_follows_and_gives_the_parameters_back() -> None:
    weights = parameter(0.0)
    average = WeightAverage([weights])
    with torch.no_grad():
        for value in range(1, 400):
            weights.fill_(float(value))
            average.update()
    followed = float(average.values()[0])
    assert 340 < followed < 395
    with average.applied():
        assert weights.item() == followed
    assert weights.item() == 399


def test_the_average_gives_the_parameters_back_after_an_error() -> None:
    weights = parameter(1.0)
    average = WeightAverage([weights])
    with torch.no_grad():
        weights.fill_(5.0)
    with pytest.raises(ZeroDivisionError), average.applied():
        raise ZeroDivisionError
    assert float(weights.detach()) == 5


def test_a_constant_is_its_own_average() -> None:
    weights = parameter(2.5, -1.0)
    average = WeightAverage([weights])
    for _ in range(5):
        average.update()
    assert average.values()[0].tolist() == [2.5, -1.0]


def test_values_are_a_copy() -> None:
    weights = parameter(1.0)
    average = WeightAverage([weights])
    average.values()[0].fill_(9.0)
    average.restart_from([torch.tensor([3.0])])
    kept = average.values()[0]
    with torch.no_grad():
        weights.fill_(7.0)
    average.update()
    assert kept.item() == 3.0
    assert 3.0 < average.values()[0].item() < 7.0
