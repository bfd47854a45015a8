# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ways to show progress: a live bar for a terminal, plain lines for a log file."""

import time
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from weft.progress import Progress

SECONDS_BETWEEN_LINES = 10.0


class Report(Protocol):
    """Shows one stage after the other."""

    def show(self, progress: Progress) -> None:
        """Show how far the stage is."""

    def stop(self) -> None:
        """Leave the terminal as it was."""


class LiveBar:
    """A bar with time left for the current stage; finished stages scroll away above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
            console=console,
        )
        self._stage: str | None = None
        self._bars.start()

    def show(self, progress: Progress) -> None:
        """See `Report`."""
        figures = "  ".join(describe_figures(progress))
        if progress.text != self._stage:
            self._begin(progress.text)
        task = self._bars.task_ids[-1]
        self._bars.update(task, completed=progress.done, total=progress.total, figures=figures)

    def stop(self) -> None:
        """See `Report`."""
        self._bars.stop()

    def _begin(self, stage: str) -> None:
        for task in self._bars.task_ids:
            self._bars.remove_task(task)
        if self._stage is not None:
            self._console.print(Text(f"✓ {self._stage}", "green"), soft_wrap=True)
        self._stage = stage
        self._bars.add_task(stage, figures="")


class PlainLines:
    """A line for each new stage, then one now and then with percent, time left and figures."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage: str | None = None
        self._began = self._told = 0.0

    def show(self, progress: Progress) -> None:
        """See `Report`."""
        now = time.monotonic()
        if progress.text != self._stage:
            self._stage, self._began, self._told = progress.text, now, now
            self._say(progress.text)
        elif now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            self._say(describe(progress, now - self._began))

    def stop(self) -> None:
        """See `Report`."""

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def describe(progress: Progress, elapsed_s: float) -> str:
    """One line: stage, percent, time left, figures."""
    parts = []
    if progress.total > 0:
        share = min(1.0, progress.done / progress.total)
        parts.append(f"{share:.0%}")
        if share > 0:
            parts.append(f"{elapsed_s * (1 - share) / share:.0f} s left")
    parts += describe_figures(progress)
    return f"{progress.text}: {'; '.join(parts)}" if parts else progress.text


def describe_figures(progress: Progress) -> list[str]:
    """Name and value of each figure."""
    return [
        f"{key} {value if isinstance(value, str) else f'{value:.3f}'}"
        for key, value in progress.figures.items()
    ]
