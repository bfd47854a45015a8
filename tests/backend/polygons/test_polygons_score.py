# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores equal what one counts by hand."""

import numpy as np
from shapely import box

from weft.polygons.score import ClassScore, Tally, class_score, match_count


def geometries(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([box(*one) for one in boxes])


def test_half_covered_is_the_limit() -> None:
    truth = geometries((0, 0, 10, 10))
    assert match_count(geometries((0, 0, 5, 10)), truth) == 1
    assert match_count(geometries((0, 0, 4.9, 10)), truth) == 0


def test_one_to_one_best_first() -> None:
    truth = geometries((0, 0, 10, 10), (20, 0, 30, 10))
    found = geometries((0, 0, 10, 9), (0, 0, 10, 10), (20, 0, 30, 8), (50, 50, 60, 60))
    assert match_count(found, truth) == 2


def test_nothing_matches_nothing() -> None:
    assert match_count(geometries(), geometries((0, 0, 1, 1))) == 0
    assert match_count(geometries((0, 0, 1, 1)), geometries()) == 0


def test_ratios() -> None:
    tally = Tally(both=30, either=40, hits=2, objects_true=4, objects_found=3) + Tally()
    assert class_score(tally) == ClassScore(0.75, 0.6667, 0.5, 0.5714, 4, 3)
    assert class_score(Tally()) == ClassScore(0, 0, 0, 0, 0, 0)
