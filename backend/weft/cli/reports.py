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
            self._begin(progress)
        task = self._bars.task_ids[-1]
        self._bars.update(task, completed=progress.done, total=progress.total, figures=figures)

    def stop(self) -> None:
        """See `Report`."""
        self._bars.stop()

    def _begin(self, progress: Progress) -> None:
        for task in self._bars.task_ids:
            self._bars.remove_task(task)
        if self._stage is not None:
            self._console.print(Text(f"✓ {self._stage}", "green"), soft_wrap=True)
        self._stage = progress.text
        # what was done before tells nothing about the time left
        done = int(progress.done)
        self._bars.add_task(progress.text, completed=done, total=progress.total, figures="")


class PlainLines:
    """A line for each new stage, then one now and then with percent, time left and figures."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage: str | None = None
        self._began = self._told = self._share = 0.0

    def show(self, progress: Progress) -> None:
        """See `Report`."""
        now = time.monotonic()
        if progress.text != self._stage:
            self._stage, self._began, self._told = progress.text, now, now
            self._share = share_of(progress)
            self._say(progress.text)
        elif now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            self._say(describe(progress, now - self._began, self._share))

    def stop(self) -> None:
        """See `Report`."""

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def describe(progress: Progress, elapsed_s: float, begun_at: float = 0.0) -> str:
    """One line: stage, percent, time left, figures; `begun_at` is the share done at second 0."""
    parts = []
    if progress.total > 0:
        share = share_of(progress)
        parts.append(f"{share:.0%}")
        if share > begun_at:
            parts.append(f"{duration(elapsed_s * (1 - share) / (share - begun_at))} left")
    parts += describe_figures(progress)
    return f"{progress.text}: {'; '.join(parts)}" if parts else progress.text


def share_of(progress: Progress) -> float:
    """How much of the stage is done, 0 to 1."""
    return min(1.0, progress.done / progress.total) if progress.total > 0 else 0.0


def duration(seconds: float) -> str:
    """As people say it: in s, min or h."""
    if seconds < 90:
        return f"{max(1.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def describe_figures(progress: Progress) -> list[str]:
    """Name and value of each figure."""
    return [
        f"{key} {value if isinstance(value, str) else f'{value:.3f}'}"
        for key, value in progress.figures.items()
    ]
