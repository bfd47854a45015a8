# SPDX-License-Identifier: GPL-3.0-or-later
"""Making things on a thread while those before them are used."""

import queue
import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class End:
    """What comes after the last item: the error that ended it, if one did."""

    error: BaseException | None = None


def ahead(items: Generator[Item, None, None], most: int, name: str) -> Generator[Item, None, None]:
    """The same items in their order; a thread called `name` is at most `most` of them ahead.

    An error in making them is raised here. Closed early, it ends the thread and closes `items`.
    """
    made: queue.SimpleQueue[Item | End] = queue.SimpleQueue()
    wanted, stop = threading.Semaphore(most), threading.Event()

    def make() -> None:
        # Whatever goes wrong belongs to the thread that waits for items, and is raised there.
        try:
            with closing(items):
                wanted.acquire()
                while not stop.is_set() and not isinstance(item := next(items, End()), End):
                    made.put(item)
                    wanted.acquire()
            made.put(End())
        except BaseException as error:
            made.put(End(error))

    thread = threading.Thread(target=make, name=name, daemon=True)
    thread.start()
    try:
        while not isinstance(item := made.get(), End):
            wanted.release()
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        wanted.release()
        thread.join()
