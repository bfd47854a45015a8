# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over a large image, killed twice on its way and asked for again.

    python benchmarks/stopped.py --scene FOLDER [--side 20000]

`weft run` learns from a scene's labels and predicts the scene's image, mirrored to size: once left
alone, and once killed (SIGKILL) at a third and at two thirds of its rows. Tells what both took, and
whether their rasters and polygons are the same. Writes the figures to --out.
"""

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyogrio
import rasterio
from machine import this_machine
from measured import KIB_PER_UNIT
from mirror import write_mirrored
from scenes import Scene
from tables import figure, table, write_section

TITLE = "A run that is killed"
SHARES = (1 / 3, 2 / 3)
LOOK_S = 0.2


@dataclass(frozen=True)
class Attempt:
    """One process: how long it lasted, its peak, and the share of rows that it left finished."""

    name: str
    seconds: float
    peak_mib: float
    share: float


@dataclass(frozen=True)
class Outcome:
    """What is the same: every pixel of the rasters, every vertex and field of the polygons.

    But for the field `model`: a model file holds when it was made, and its name follows from it.
    """

    polygons: int
    same_rasters: bool
    same_polygons: bool


def main() -> None:
    """Run, kill, run again, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", type=Path, required=True, help="a scene's folder")
    parser.add_argument("--side", type=int, default=20000, help="of the image, in pixels")
    parser.add_argument("--steps", type=int, default=60, help="of training")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    parser.add_argument("--work", type=Path, help="keep what is made here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weft-stopped-") as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        scene, image = Scene(options.scene), folder / "mirrored.tif"
        write_mirrored(Path(scene.images[0]), image, options.side)
        command = command_of(scene, image, options.steps)
        whole, stopped = folder / "whole" / "town.gpkg", folder / "stopped" / "town.gpkg"
        attempts = [attempt("left alone", command, whole, options.side)]
        for number, share in enumerate(SHARES, 1):
            name = f"killed, {number}"
            attempts.append(attempt(name, command, stopped, options.side, share))
        attempts.append(attempt("asked for again", command, stopped, options.side))
        outcome = compare(whole, stopped)
    write_section(options.out, TITLE, report(attempts, outcome, options))


def command_of(scene: Scene, image: Path, steps: int) -> list[str]:
    """`weft run` without its output; bounded by steps, so that it learns the same again."""
    return [
        *(sys.executable, "-m", "weft", "run", str(image), "--labels", scene.labels(0)),
        *("--areas", scene.areas(0), "--steps", str(steps), "--budget", "3600"),
        *("--device", "cpu", "--out"),
    ]


def attempt(
    name: str, command: list[str], out: Path, side: int, until: float | None = None
) -> Attempt:
    """Run to the end, or kill once the share `until` of all rows is finished."""
    out.parent.mkdir(exist_ok=True)
    start = time.monotonic()
    # wait4 is asked for the peak, so that Popen itself must not wait
    process = subprocess.Popen([*command, str(out)], stderr=subprocess.DEVNULL)  # noqa: S603
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        if until is not None and finished_rows(out) >= until * side:
            os.kill(process.pid, signal.SIGKILL)
            until = None
        time.sleep(LOOK_S)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"{name}: weft run ended with status {process.returncode}")
    share = 1.0 if process.returncode == 0 else finished_rows(out) / side
    result = Attempt(name, time.monotonic() - start, usage.ru_maxrss * KIB_PER_UNIT / 1024, share)
    print(result, flush=True)
    return result


def finished_rows(out: Path) -> int:
    """The rows that a run to `out` has kept so far."""
    parts = out.parent.glob(f"{out.stem}_weft/.*_weft/*.npy.gz")
    return max((int(part.name.removesuffix(".npy.gz").split("-")[1]) for part in parts), default=0)


def compare(whole: Path, stopped: Path) -> Outcome:
    """What both runs have left."""
    one, other = (pyogrio.read_dataframe(path).drop(columns="model") for path in (whole, stopped))
    first, second = (digests(path) for path in (whole, stopped))
    return Outcome(len(one), first == second, one.equals(other))


def digests(out: Path) -> list[tuple[str, str]]:
    """Names and digests of the pixels of a run's rasters."""
    rasters = sorted(out.with_name(f"{out.stem}_weft").glob("*.tif"))
    return [(path.name, digest(path)) for path in rasters]


def digest(path: Path) -> str:
    """Of all pixels of a raster."""
    found = hashlib.sha256()
    with rasterio.open(path) as dataset:
        for _, window in dataset.block_windows(1):
            found.update(dataset.read(window=window).tobytes())
    return found.hexdigest()


def report(attempts: list[Attempt], outcome: Outcome, options: argparse.Namespace) -> str:
    """The table, and what is the same."""
    rows = [
        [each.name, figure(each.seconds), figure(each.peak_mib), figure(100 * each.share)]
        for each in attempts
    ]
    same = {True: "the same", False: "**not the same**"}
    return (
        f"`weft run` on {options.side} x {options.side} pixels, mirrored from `{options.scene.name}"
        f"`; {options.steps} steps of training with the embedded backbone and `weft`. Killed by "
        f"SIGKILL.\n\nMachine: {this_machine()}. Measured {datetime.now(UTC).date().isoformat()}."
        f"\n\n{table(['run', 's', 'peak memory, MiB', 'rows finished, %'], rows)}\n\n"
        f"{outcome.polygons} polygons, {same[outcome.same_polygons]} in both GeoPackages; rasters "
        f"{same[outcome.same_rasters]}, pixel by pixel."
    )


if __name__ == "__main__":
    main()
