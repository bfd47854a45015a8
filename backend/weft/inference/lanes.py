# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles side by side on a CPU, each with some of its threads.

The threads of one tile wait for each other after each of a thousand small operations, which took a
third of the time on two cores; the threads of different tiles have nothing to wait for.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar

import torch

MOST_LANES = 4  # each holds all that a tile is on its way through the network

Given = TypeVar("Given")
Made = TypeVar("Made")


def lanes_for(threads: int) -> int:
    """How many tiles at a time leave fewest of so many threads without work."""
    most = min(MOST_LANES, threads)
    return max(range(min(2, most), most + 1), key=lambda count: (threads // count * count, count))


class Lanes:
    """Threads that work side by side; in each, torch has an equal share of this one's threads."""

    def __init__(self, count: int) -> None:
        threads = torch.get_num_threads()
        share = max(1, threads // count)
        self.count = count
        self._pool = ThreadPoolExecutor(count, "lane", set_threads, (share, threads))

    def begin(self, work: Callable[[Given], Made], given: Given) -> Future[Made]:
        """Have it done in the lane that is free next."""
        return self._pool.submit(work, given)

    def map(self, work: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
        """What is made of each, in their order; the first error is raised."""
        return list(self._pool.map(work, given))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What has begun is waited for, and the rest not begun."""
        self._pool.shutdown(cancel_futures=True)


def set_threads(own: int, others: int) -> None:
    """Give torch `own` threads in this thread, and `others` in those that will be started."""
    torch.get_num_threads()  # the first call in a thread would undo what was set before
    torch.set_num_threads(own)
    # what was set last is also what threads begin with, so let one that ends set it last
    last = threading.Thread(target=torch.set_num_threads, args=(others,))
    last.start()
    last.join()
