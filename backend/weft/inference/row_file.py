# SPDX-License-Identifier: GPL-3.0-or-later
"""Some finished rows of a prediction as a file: its blocks from left to right, packed."""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tokenize import TokenError
from types import TracebackType
from typing import Self

import numpy as np
from isal import igzip
from isal.igzip_lib import IsalError
from numpy.typing import NDArray

from weft.errors import OutputError
from weft.grid import Window
from weft.outputs import replace

Levels = NDArray[np.uint8]

SUFFIX = ".npy.gz"
LEVEL = 1


class RowWriter:
    """Keeps the rows `start` to before `stop` in the folder of a store, whole or not at all.

    Their blocks are added from left to right, and packed on a thread while the next one is made.
    Any process may write, and several the same rows. OutputError when it cannot be written.
    """

    def __init__(self, folder: Path, start: int, stop: int) -> None:
        self._path = folder / f"{start:09d}-{stop:09d}{SUFFIX}"
        self._partial = folder / f"{secrets.token_hex(8)}.partial"
        self._packing: Future[None] | None = None

    def __enter__(self) -> Self:
        with writing(self._path.parent), ExitStack() as stack:
            stack.callback(self._partial.unlink, missing_ok=True)
            self._file = stack.enter_context(self._partial.open("wb"))
            packed = igzip.IGzipFile("", "wb", LEVEL, self._file, mtime=0)  # type: ignore[no-untyped-call]
            self._packed = stack.enter_context(packed)
            self._packer = stack.enter_context(ThreadPoolExecutor(1, "row packer"))
            self._open = stack.pop_all()
        return self

    def add(self, levels: Levels) -> None:
        """The next block (bands, h, w)."""
        self._wait()
        self._packing = self._packer.submit(np.save, self._packed, levels)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with writing(self._path.parent), self._open:
            if error is None:
                self._wait()
                self._packed.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                replace(self._partial, self._path)

    def _wait(self) -> None:
        with writing(self._path.parent):
            if self._packing is not None:
                self._packing.result()


def read_rows(path: Path, row: int) -> Iterator[tuple[Window, Levels]]:
    """Where each block lies and its levels (bands, h, w), in order; `row` is the file's first.

    OutputError when it is damaged.
    """
    column = 0
    try:
        with igzip.open(path) as file:  # type: ignore[no-untyped-call]
            while file.peek(1):
                levels: Levels = np.load(file, allow_pickle=False)
                _, height, width = levels.shape
                yield Window(column, row, width, height), levels
                column += width
        if column == 0:
            raise EOFError
    except (OSError, EOFError, ValueError, IsalError, TokenError) as reason:  # type: ignore[misc]
        raise OutputError(
            f"{path} is damaged; delete the folder {path.parent} and predict again."
        ) from reason


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """OutputError where the folder of a store, or what lies in it, cannot be written."""
    try:
        yield
    except OSError as reason:
        raise OutputError(
            f"{folder.parent} cannot be written to ({reason.strerror}); free some space or choose "
            "another folder with --out."
        ) from reason
