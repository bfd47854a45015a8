# SPDX-License-Identifier: GPL-3.0-or-later
"""Learning again: how often, from what, and in how much memory."""

import pytest
import torch

from weft.training import replay
from weft.training.replay import Replay, Seen
from weft.training.truth import Truth


def numbered(number: int) -> Seen:
    return Seen([torch.full((2, 1, 4, 4), float(number))], Truth(*torch.zeros(2, 2, 8, 8)), 2)


def draws(count: int, seed: int = 0) -> list[int]:
    """The number of the batch that each of `count` draws gave; new ones count from 1."""
    numbers = iter(range(1, count + 1))
    again = Replay(seed)
    return [int(again.draw(lambda: numbered(next(numbers))).maps[0].max()) for _ in range(count)]


def test_each_new_batch_is_followed_by_two_earlier_ones() -> None:
    drawn = draws(30)
    assert drawn[::3] == list(range(1, 11))
    assert all(drawn[i] <= i // 3 + 1 for i in range(30))
    assert len({drawn[i] for i in range(30) if i % 3}) > 5


def test_the_same_seed_draws_the_same() -> None:
    assert draws(30) == draws(30) != draws(30, seed=1)


def test_memory_is_bounded_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_BYTES", 3 * numbered(1).nbytes)
    again = Replay(0)
    for number in range(1, 31):
        again.draw(lambda number=number: numbered(number))  # type: ignore[misc]
    assert [int(seen.maps[0].max()) for seen in again.kept] == [22, 25, 28]


def test_a_batch_too_large_to_keep_is_learned_from_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay, "MOST_BYTES", 1)
    assert draws(6) == [1, 1, 1, 2, 2, 2]
