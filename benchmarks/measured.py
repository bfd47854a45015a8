# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and measures its time and peak memory.

As a script it is the small process in between: a child starts as a copy of its parent, and Linux
counts the parent's memory as the child's peak if that was larger, so the parent must be tiny.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KIB_PER_UNIT = 1 if sys.platform != "darwin" else 1 / 1024  # of ru_maxrss
LAST_LINES = 3


@dataclass(frozen=True)
class Measured:
    """How a command went: wall-clock seconds, peak resident memory in MiB, what it printed."""

    status: int
    seconds: float
    peak_mib: float
    output: str
    errors: str

    @property
    def last_words(self) -> str:
        """The end of what it said of its failure, on one line."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        return " ".join(lines[-LAST_LINES:])

    @property
    def sentence(self) -> str:
        """What WEFT told the user of a mistake."""
        return self.errors.strip().splitlines()[-1].removeprefix("weft: ")


def measure(command: Sequence[str]) -> Measured:
    """Run `command` to its end in a process of its own; the system must know wait4."""
    with tempfile.TemporaryDirectory(prefix="measured-") as folder:
        figures = Path(folder) / "figures.json"
        # -S -E -s: nothing but the standard library is loaded
        between = [sys.executable, "-S", "-E", "-s", __file__, str(figures), *command]
        done = subprocess.run(between, capture_output=True, text=True, check=False)  # noqa: S603
        if not figures.exists():
            raise RuntimeError(f"could not measure {command[0]}: {done.stderr}")
        return Measured(**json.loads(figures.read_text()), output=done.stdout, errors=done.stderr)


def own_peak_mib() -> float:
    """Peak resident memory of this process so far, in MiB."""
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_PER_UNIT / 1024


def run_between(figures: Path, command: Sequence[str]) -> None:
    """Start `command`, wait for it, write its figures."""
    start = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, command[0], list(command))  # noqa: S606
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - start
    result = {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "peak_mib": usage.ru_maxrss * KIB_PER_UNIT / 1024,
    }
    figures.write_text(json.dumps(result))


if __name__ == "__main__":
    run_between(Path(sys.argv[1]), sys.argv[2:])
