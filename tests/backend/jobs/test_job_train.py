# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training tells beside its model."""

import pytest

from weft.jobs.train import why_not_measured
from weft.training.fit import FitResult, Start


@pytest.mark.parametrize(
    ("held_out", "start", "areas", "reason"),
    [
        (4, None, 5, "stopped before it was measured"),
        (4, Start({}, frozenset()), 5, "stopped before it was measured"),
        (None, None, 2, "too few areas to measure; label at least three, each class in two"),
        (None, Start({}, frozenset({0, 1, 2})), 3, "has learned from all areas"),
    ],
)
def test_why_there_is_no_figure(
    held_out: int | None, start: Start | None, areas: int, reason: str
) -> None:
    fit = FitResult(3, 1.0, 0.5, held_out, None, cancelled=True)
    assert reason in why_not_measured(fit, start, areas)
