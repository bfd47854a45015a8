# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress is legible in a terminal and in a log file, and messages are shown as they are."""

from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from weft.cli import reports
from weft.cli.reports import LiveBar, PlainLines, describe
from weft.progress import Progress


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that a report sees; change its only entry."""
    now = [0.0]
    monkeypatch.setattr(reports.time, "monotonic", lambda: now[0])
    return now


def steps(seconds: list[float], text: str, total: int) -> Iterator[Progress]:
    for done in range(total + 1):
        yield Progress(done, total, text, {"loss": 0.5, "device": "CPU, 2 threads"})
        seconds[0] += 1


def test_a_log_file_gets_a_line_a_stage_and_one_every_ten_seconds(seconds: list[float]) -> None:
    text = StringIO()
    lines = PlainLines(Console(file=text, width=40))
    for stage in ("Training", "Predicting [a].tif"):
        for progress in steps(seconds, stage, 25):
            lines.show(progress)
    lines.stop()
    assert text.getvalue().splitlines() == [
        "Training",
        "Training: 40%; 15 s left; loss 0.500; device CPU, 2 threads",
        "Training: 80%; 5 s left; loss 0.500; device CPU, 2 threads",
        "Predicting [a].tif",
        "Predicting [a].tif: 40%; 15 s left; loss 0.500; device CPU, 2 threads",
        "Predicting [a].tif: 80%; 5 s left; loss 0.500; device CPU, 2 threads",
    ]


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (0, 10, "Reading: 0%"),
        (0, 0, "Reading"),
        (12, 10, "Reading: 100%; 1 s left"),
        (5, 10, "Reading: 50%; 4 s left"),
    ],
)
def test_figures_that_are_not_known_are_left_out(done: float, total: float, line: str) -> None:
    assert describe(Progress(done, total, "Reading"), 4) == line


def test_time_left_counts_from_where_a_stopped_job_goes_on() -> None:
    assert describe(Progress(8, 10, "Reading"), 4, 0.6) == "Reading: 80%; 4 s left"


def test_a_terminal_shows_the_current_stage_and_those_finished() -> None:
    text = StringIO()
    bar = LiveBar(Console(file=text, force_terminal=True, width=100))
    for stage in ("Reading", "[red]Training[/red]", "Writing"):
        for done in range(3):
            bar.show(Progress(done, 2, stage, {"loss": 0.25}))
    bar.stop()
    shown = text.getvalue()
    assert "✓ Reading" in shown and "✓ [red]Training[/red]" in shown
    assert "✓ Writing" not in shown and "loss 0.250" in shown
