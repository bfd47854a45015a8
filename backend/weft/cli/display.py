# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sees: progress, notes, and how it ended. All but results go to stderr."""

import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Self

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from weft.cli.reports import LiveBar, PlainLines, Report
from weft.errors import OutputError
from weft.progress import Context, Progress

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Display:
    """A terminal face for one job. Ctrl-C asks the job to stop; a second one insists."""

    def __init__(self) -> None:
        self._results = Console(emoji=False)
        self._errors = Console(stderr=True, emoji=False)
        self._report: Report | None = None
        self._interrupts = 0
        self._told = False

    def __enter__(self) -> Self:
        self._scratch = scratch_folder()
        self.context = Context(Path(self._scratch.name), self._show, self.note, self._is_cancelled)
        self._before = [signal.signal(number, self._interrupt) for number in SIGNALS]
        return self

    def __exit__(self, *reason: object) -> None:
        self._stop_report()
        for number, handler in zip(SIGNALS, self._before, strict=True):
            signal.signal(number, handler)
        self._scratch.cleanup()

    def note(self, message: str) -> None:
        """A remark on the way."""
        self._errors.print(Text.assemble(("· ", "yellow"), message), soft_wrap=True)

    def fail(self, message: str) -> None:
        """The last word when it did not work out."""
        self._stop_report()
        self._errors.print(Text.assemble(("weft: ", "red"), message), soft_wrap=True)

    def say(self, message: str) -> None:
        """A result, on stdout."""
        self._stop_report()
        self._results.print(Text(message), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A result as a table, on stdout."""
        self._stop_report()
        table = Table(*(Column(name, overflow="fold") for name in columns))
        for row in rows:
            table.add_row(*map(Text, row))
        self._results.print(table)

    def _show(self, progress: Progress) -> None:
        if self._report is None:
            live = self._errors.is_terminal
            self._report = LiveBar(self._errors) if live else PlainLines(self._errors)
        self._report.show(progress)

    def _stop_report(self) -> None:
        if self._report is not None:
            self._report.stop()
            self._report = None

    def _is_cancelled(self) -> bool:
        # Told here, because a signal handler may interrupt a print and must not print itself.
        if self._interrupts and not self._told:
            self._told = True
            self.note("Stopping after this step; press Ctrl-C again to stop at once.")
        return self._interrupts > 0

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        self._interrupts += 1
        if self._interrupts > 1:
            raise KeyboardInterrupt


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for temporary files that goes with the process; OutputError if there can be none."""
    try:
        return tempfile.TemporaryDirectory(prefix="weft-", ignore_cleanup_errors=True)
    except OSError as reason:
        raise OutputError(
            f"There is no place for temporary files ({reason.strerror}); free some space, or set "
            "TMPDIR to another folder."
        ) from reason
