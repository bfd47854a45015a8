# SPDX-License-Identifier: GPL-3.0-or-later
"""How prediction by the workers of a dask cluster scales on one machine.

    python benchmarks/cluster.py [--side N] [--rounds R]

The whole command `weft predict` on one image, its own start included: in one process with one
thread and with two, and by one and by two workers of one thread each, by turns. The model is
trained for some seconds on the sample scene, and the image is that scene, mirrored to size. Writes
the figures to --out.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from machine import this_machine
from measured import measure
from mirror import write_mirrored
from tables import figure, table, write_section

from weft.jobs.sample import SampleRequest, SampleResult, sample
from weft.progress import Context

TITLE = "Prediction by several workers"
PATIENCE_S = 60.0
WAYS = {
    "one process, 1 thread": (1, 0),
    "one process, 2 threads": (2, 0),
    "1 worker of 1 thread": (1, 1),
    "2 workers of 1 thread": (1, 2),
}


def main() -> None:
    """Train, predict by turns, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=4096, help="of the image, in pixels")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--budget", type=float, default=5.0, help="seconds of training")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="weft-cluster-") as scratch:
        folder = Path(scratch)
        scene = sample(SampleRequest(folder / "sample"), Context(folder))
        model, image = folder / "town.weft", folder / "mirrored.tif"
        train(scene, model, options.budget)
        write_mirrored(scene.images[0], image, options.side)
        for _ in range(options.rounds):
            for way, (threads, workers) in WAYS.items():
                with cluster(folder, threads, workers) as scheduler:
                    out = folder / "out"
                    chosen = ["--scheduler", scheduler] if scheduler else ["--tta", "1"]
                    command = ["predict", model, image, "--out", out, "--device", "cpu", *chosen]
                    seconds[way].append(weft(threads, *map(str, command)))
                    shutil.rmtree(out)
                print(f"{way}: {seconds[way][-1]:.1f} s", flush=True)
    write_section(options.out, TITLE, report(seconds, options))


def train(scene: SampleResult, out: Path, budget_s: float) -> None:
    """A model of the sample scene."""
    source = f"{scene.train}|layername="
    options = ["--labels", source + "labels", "--areas", source + "areas", "--device", "cpu"]
    images = map(str, scene.images)
    weft(2, "train", *images, *options, "--budget", str(budget_s), "--out", str(out))


def weft(threads: int, *arguments: str) -> float:
    """Run `weft` in a process of its own; its seconds, or SystemExit with its words."""
    limit = f"OMP_NUM_THREADS={threads}"
    result = measure(["/usr/bin/env", limit, sys.executable, "-m", "weft", *arguments])
    if result.status != 0:
        sys.exit(f"weft {arguments[0]} failed: {result.last_words}")
    return result.seconds


@contextmanager
def cluster(folder: Path, threads: int, workers: int) -> Iterator[str | None]:
    """The address of a scheduler with so many workers; None for none."""
    if not workers:
        yield None
        return
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as running:
        begin(running, threads, "scheduler", *here, "--port", "0", "--scheduler-file", str(file))
        end = time.monotonic() + PATIENCE_S
        while not (file.exists() and file.stat().st_size):
            if time.monotonic() > end:
                sys.exit("the scheduler did not start")
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        for _ in range(workers):
            begin(running, threads, "worker", address, *here, "--nthreads", "1", "--no-nanny")
        yield str(address)


def begin(running: ExitStack, threads: int, *arguments: str) -> None:
    """Start a part of dask, which ends with `running`."""
    command = ["/usr/bin/env", f"OMP_NUM_THREADS={threads}", sys.executable, "-m", "dask"]
    process = subprocess.Popen([*command, *arguments], stderr=subprocess.DEVNULL)  # noqa: S603
    running.callback(process.wait)
    running.callback(process.kill)


def report(seconds: dict[str, list[float]], options: argparse.Namespace) -> str:
    """What was measured on what, and the table."""
    megapixels = options.side**2 / 1e6
    medians = {way: statistics.median(each) for way, each in seconds.items()}
    best = medians["one process, 2 threads"]
    rows = [
        [way, figure(each, 1), figure(megapixels / each, 3), figure(best / each, 2)]
        for way, each in medians.items()
    ]
    columns = ["", "median, s", "MP/s", "of one process with 2 threads"]
    return (
        f"The command `weft predict` on an image of {options.side} x {options.side} pixels, its "
        f"start included, {options.rounds} rounds by turns. Embedded backbone, adapter `weft`. "
        f"Workers run before the command starts and load the model anew each time.\n\n"
        f"Machine: {this_machine()}. Measured {datetime.now(UTC).date().isoformat()}.\n\n"
        f"{table(columns, rows)}"
    )


if __name__ == "__main__":
    main()
