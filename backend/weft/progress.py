# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job tells its face (terminal, server, worker) how far it is, and learns to stop."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from weft.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """One report: `done` of `total` steps (or seconds) of the stage called `text`."""

    done: float
    total: float
    text: str
    figures: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What every job receives beside its request.

    `folder` is the job's own scratch space; `report`, `notify` and `deliver` are called on the
    job's thread, `is_cancelled` is asked at every batch and tile.
    """

    folder: Path
    report: Callable[[Progress], None] = lambda progress: None
    notify: Callable[[str], None] = lambda message: None
    is_cancelled: Callable[[], bool] = lambda: False
    deliver: Callable[[object], None] = lambda result: None

    def progress(self, done: float, total: float, text: str, **figures: float | str) -> None:
        """Report `done` of `total` of the stage `text`, with figures such as loss or device."""
        self.report(Progress(done, total, text, figures))

    def note(self, message: str) -> None:
        """Tell the user something that is not an error, in one sentence."""
        self.notify(message)

    def partial(self, result: object) -> None:
        """Hand on a result dataclass that there is already."""
        self.deliver(result)

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if the user asked to stop."""
        if self.is_cancelled():
            raise Cancelled
