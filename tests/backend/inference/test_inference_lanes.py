# SPDX-License-Identifier: GPL-3.0-or-later
"""Lanes: all of a CPU's threads and no more, and none is lost for what comes after."""

import threading
import time
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_networks import small_network

from weft.device import cpu
from weft.inference.engines import TorchEngine
from weft.inference.lanes import MOST_LANES, Lanes, lanes_for
from weft.inference.trial import noise


@pytest.fixture(autouse=True)
def eight_threads() -> Iterator[None]:
    """As many as torch has on an ordinary computer."""
    before = torch.get_num_threads()
    torch.set_num_threads(8)
    yield
    torch.set_num_threads(before)


def threads_here(_: int) -> int:
    time.sleep(0.01)
    return torch.get_num_threads()


def threads_of_a_new_thread() -> int:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize(("count", "share"), [(1, 8), (2, 4), (3, 2), (4, 2), (12, 1)])
def test_lanes_share_the_threads_and_leave_others_theirs(count: int, share: int) -> None:
    with Lanes(count) as lanes:
        assert set(lanes.map(threads_here, range(4 * count))) == {share}
        assert torch.get_num_threads() == threads_of_a_new_thread() == 8
    assert torch.get_num_threads() == threads_of_a_new_thread() == 8


@given(st.integers(1, 256))
def test_few_threads_are_left_without_work(threads: int) -> None:
    lanes = lanes_for(threads)
    assert 1 <= lanes <= MOST_LANES
    assert threads % lanes <= max(1, threads // 4)
    assert lanes > 1 or threads == 1


@pytest.mark.parametrize("adapter", ["weft", "upetu", "est", "lora", "full"])
@pytest.mark.parametrize("backbone", ["test_vit", "test_convnext"])
def test_a_tile_is_the_same_whatever_others_do_at_the_time(adapter: str, backbone: str) -> None:
    engine = TorchEngine(small_network(backbone, adapter), cpu("test").in_full_precision())
    tiles = list(noise(3, 64, 12)[:, None])
    with Lanes(1) as one:
        alone = one.map(engine.predict, tiles)
    with Lanes(4) as lanes:
        together = lanes.map(engine.predict, tiles)
    for first, second in zip(alone, together, strict=True):
        assert abs(first - second).max() < 1e-5


def test_an_error_of_a_lane_is_raised_and_no_thread_is_left() -> None:
    with pytest.raises(ZeroDivisionError), Lanes(3) as lanes:
        lanes.map(lambda number: 1 / number, (2, 1, 0, 1))
    assert not [each for each in threading.enumerate() if each.name.startswith("lane")]
