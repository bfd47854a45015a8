# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands together, but only one at a time: each goes on for a moment, then the next.

A machine may be a third slower for minutes. What is compared in this way is slowed alike. As a
script it is the small process in between, as in `measured.py`.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measured import KIB_PER_UNIT, Measured

# Where a system drops what was idle for seconds, each turn of 4 s began with reading libraries.
TURN_S = 0.5
LOOK_S = 0.01


@dataclass
class Child:
    """A command that is stopped unless it is its turn; `seconds` are those of its turns."""

    pid: int
    seconds: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)

    def go_on(self, turn_s: float) -> None:
        """A turn, shorter where the command ends."""
        start = time.monotonic()
        os.kill(self.pid, signal.SIGCONT)
        while time.monotonic() - start < turn_s:
            ended, status, usage = os.wait4(self.pid, os.WNOHANG)
            if ended:
                self.seconds += time.monotonic() - start
                self.figures = {
                    "status": os.waitstatus_to_exitcode(status),
                    "seconds": self.seconds,
                    "peak_mib": usage.ru_maxrss * KIB_PER_UNIT / 1024,
                }
                return
            time.sleep(LOOK_S)
        os.kill(self.pid, signal.SIGSTOP)
        self.seconds += time.monotonic() - start


def measure_by_turns(
    commands: Mapping[str, Sequence[str]], turn_s: float = TURN_S
) -> dict[str, Measured]:
    """Run the commands to their ends, by turns; on POSIX. What they print comes as errors."""
    with tempfile.TemporaryDirectory(prefix="measured-") as folder:
        said = {name: Path(folder) / f"{index}.txt" for index, name in enumerate(commands)}
        jobs = [[str(said[name]), *command] for name, command in commands.items()]
        between = [sys.executable, "-S", "-E", "-s", __file__, str(turn_s), json.dumps(jobs)]
        done = subprocess.run(between, capture_output=True, text=True, check=True)  # noqa: S603
        figures = zip(commands, json.loads(done.stdout), strict=True)
        return {
            name: Measured(**each, output="", errors=said[name].read_text())
            for name, each in figures
        }


def run_between(turn_s: float, jobs: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Figures of jobs, each a file for what it prints and a command."""
    children = [start(Path(said), command) for said, *command in jobs]
    while waiting := [child for child in children if not child.figures]:
        for child in waiting:
            child.go_on(turn_s)
    return [child.figures for child in children]


def start(said: Path, command: Sequence[str]) -> Child:
    """A child that waits for its first turn."""
    opened = os.open(said, os.O_WRONLY | os.O_CREAT)
    told = [(os.POSIX_SPAWN_DUP2, opened, stream) for stream in (1, 2)]
    child = Child(os.posix_spawn(command[0], list(command), dict(os.environ), file_actions=told))
    os.kill(child.pid, signal.SIGSTOP)
    os.close(opened)
    return child


if __name__ == "__main__":
    json.dump(run_between(float(sys.argv[1]), json.loads(sys.argv[2])), sys.stdout)
