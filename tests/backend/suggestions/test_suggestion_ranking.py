# SPDX-License-Identifier: GPL-3.0-or-later
"""The most promising window comes first, and the next ones are not more of the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.suggestions.looks import Look
from weft.suggestions.ranking import Candidates, novelty, rank, standings
from weft.suggestions.second_opinion import ask


def candidates(doubt: list[float], seen: list[list[float]], columns: list[float]) -> Candidates:
    places = np.array([[0, 0, column] for column in columns], float)
    return Candidates({"doubt": np.array(doubt)}, np.array(seen, np.float32), places)


def test_the_most_doubtful_is_first_and_its_twins_are_last() -> None:
    doubt = [0.9, 0.8, 0.7, 0.2, 0.1]
    looks = [[0, 0], [0, 0], [5, 5], [9, 0], [0, 9]]
    picks = rank(candidates(doubt, looks, [0, 10, 20, 30, 40]), 3)
    assert [pick.index for pick in picks] == [0, 2, 3]
    assert picks[0].score == 1 and picks[0].reason == "doubt"


def test_a_neighbour_waits() -> None:
    looks = [[0.0], [5.0], [6.0], [7.0]]
    picks = rank(candidates([4, 3, 2, 1], looks, [0, 0.5, 9, 18]), 3)
    assert [pick.index for pick in picks] == [0, 2, 1]


def test_each_window_has_the_reason_that_it_is_best_for() -> None:
    scores = {"doubt": np.array([3.0, 2.0, 1.0]), "novelty": np.array([1.0, 2.0, 9.0])}
    seen, places = np.eye(3, dtype=np.float32), np.diag([0.0, 9.0, 99.0])
    picks = rank(Candidates(scores, seen, places), 3)
    assert {pick.index: pick.reason for pick in picks}[0] == "doubt"
    assert {pick.index: pick.reason for pick in picks}[2] == "novelty"


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30), st.integers(1, 40))
def test_windows_are_never_given_twice(doubt: list[float], count: int) -> None:
    looks = [[float(i % 3)] for i in range(len(doubt))]
    picks = rank(candidates(doubt, looks, list(range(len(doubt)))), count)
    assert len({pick.index for pick in picks}) == len(picks) == min(count, len(doubt))
    assert all(0 <= pick.score <= 1 for pick in picks)


def test_standings_do_not_depend_on_the_scale_and_ties_share() -> None:
    values = np.array([5.0, 1.0, 1.0, 7.0])
    assert standings(values).tolist() == standings(np.exp(values)).tolist()
    assert standings(values).tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6, 1.0])


def test_what_is_far_from_all_labelled_ground_is_new() -> None:
    labelled = [np.array([0, 0], np.float32), np.array([3, 0], np.float32)]
    assert novelty(np.array([0, 0], np.float32), labelled) == 0
    assert novelty(np.array([3, 4], np.float32), labelled) == 4


def look(features: np.ndarray, share: np.ndarray, doubt: float = 0.0) -> Look:
    answers = np.column_stack([1 - share, share]).astype(np.float32)
    return Look(features.astype(np.float32), answers, np.full(len(share), doubt, np.float32))


def test_who_answers_otherwise_than_on_labelled_ground_is_contradicted() -> None:
    random = np.random.default_rng(0)
    ground = random.normal(size=(400, 3))
    opinion = ask([look(ground, (ground[:, 0] > 0).astype(float))])
    other = random.normal(size=(200, 3))
    right = (other[:, 0] > 0).astype(float)
    agreed, opposed = look(other, right), look(other, 1 - right)
    assert opinion.contradiction(agreed) < 0.3 < 0.7 < opinion.contradiction(opposed)
    assert opinion.contradiction(look(other, 1 - right, doubt=1.0)) == 0
