# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs `weft predict` on many rasters in one process and prints how each ended, as JSON lines.

Reads a JSON list of [model, raster, output folder, seconds until Ctrl-C] from stdin; the weights
are the only argument.
"""

import contextlib
import io
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from weft.cli.main import main
from weft.cli.process import tune_process


def predict(model: str, raster: str, out: str, limit_s: float, weights: str) -> dict[str, object]:
    """Status, messages and seconds of one command."""
    interrupt = threading.Timer(limit_s, os.kill, (os.getpid(), signal.SIGINT))
    options = ["--backbone-weights", weights, "--device", "cpu", "--tile", "256"]
    told = io.StringIO()
    began = time.monotonic()
    interrupt.start()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        status = main(["predict", model, raster, "--out", out, *options])
    interrupt.cancel()
    return {
        "raster": raster,
        "status": status,
        "told": told.getvalue(),
        "seconds": time.monotonic() - began,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Peak memory of this program; unlike getrusage's, it leaves out who started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    tune_process()
    for task in json.load(sys.stdin):
        print(json.dumps(predict(*task, sys.argv[1])), flush=True)
