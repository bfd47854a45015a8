# SPDX-License-Identifier: GPL-3.0-or-later
"""Making things ahead on a thread: order, limit, errors, and nothing left running."""

import threading
import time
from collections.abc import Generator

import pytest

from weft.ahead import ahead

NAME = "ahead under test"


def running() -> int:
    return sum(thread.name == NAME for thread in threading.enumerate())


class Source:
    """Counts to `count`, then fails if it is to; tells how far it is and whether it was closed."""

    def __init__(self, count: int, error: BaseException | None = None) -> None:
        self.count, self.error = count, error
        self.made, self.closed = 0, False

    def items(self) -> Generator[int, None, None]:
        try:
            for number in range(self.count):
                self.made = number + 1
                yield number
            if self.error:
                raise self.error
        finally:
            self.closed = True


@pytest.mark.parametrize("most", [1, 3, 100])
@pytest.mark.parametrize("count", [0, 1, 20])
def test_all_items_come_in_order(count: int, most: int) -> None:
    source = Source(count)
    assert list(ahead(source.items(), most, NAME)) == list(range(count))
    assert source.closed and not running()


@pytest.mark.parametrize("most", [1, 4])
def test_it_is_never_further_ahead_than_agreed(most: int) -> None:
    source = Source(50)
    for number in ahead(source.items(), most, NAME):
        time.sleep(0.002)
        assert source.made - number - 1 <= most
    assert source.made == 50


def test_the_next_one_is_made_while_one_is_used() -> None:
    source = Source(2)
    items = ahead(source.items(), 1, NAME)
    next(items)
    patience = time.monotonic() + 5
    while source.made < 2 and time.monotonic() < patience:
        time.sleep(0.001)
    assert source.made == 2
    items.close()


def test_an_error_comes_after_what_was_made_before_it() -> None:
    items = ahead(Source(3, ValueError("broken")).items(), 2, NAME)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(items)
    assert not running()


def test_closing_early_closes_the_source() -> None:
    source = Source(10**9)
    items = ahead(source.items(), 3, NAME)
    next(items)
    assert running() == 1
    items.close()
    assert source.closed and not running()
