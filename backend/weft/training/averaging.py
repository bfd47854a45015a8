# SPDX-License-Identifier: GPL-3.0-or-later
"""A running average of weights, which few noisy steps need (Polyak averaging)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

LONGEST = 0.97


class WeightAverage:
    """Follows some parameters, and statistics that belong to them.

    At first it is a mean of all states in which later ones weigh more (polynomial decay averaging,
    Shamir and Zhang 2013, arXiv:1212.1824), later an exponential one of the last few dozen.
    """

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self._parameters = list(parameters)
        self._average = self._current()
        self._updates = 0

    @torch.no_grad()
    def update(self) -> None:
        """Take the present parameters in."""
        self._updates += 1
        keep = min(LONGEST, self._updates / (self._updates + 8))
        for average, parameter in zip(self._average, self._parameters, strict=True):
            average.lerp_(parameter, 1 - keep)

    def values(self) -> list[Tensor]:
        """A copy of the average."""
        return [average.clone() for average in self._average]

    @torch.no_grad()
    def put(self, values: Sequence[Tensor]) -> None:
        """Set the parameters to `values`."""
        for parameter, value in zip(self._parameters, values, strict=True):
            parameter.copy_(value)

    def restart_from(self, values: Sequence[Tensor]) -> None:
        """Set parameters and average to `values`."""
        self.put(values)
        self._average = self._current()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The parameters are the average for a while."""
        kept = self._current()
        self.put(self._average)
        try:
            yield
        finally:
            self.put(kept)

    def _current(self) -> list[Tensor]:
        return [parameter.detach().clone() for parameter in self._parameters]
