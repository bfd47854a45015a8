# SPDX-License-Identifier: GPL-3.0-or-later
"""The few-shot scoreboard: every scene, seed and method, learned from five labelled areas.

    python benchmarks/fewshot.py --data SCENES --trunk TRUNK.safetensors [--scenes …] [--seeds …]

Results come one by one into a file of JSON lines beside --out, and the tables of --out are made
from that file. Started again, it goes on with what is missing for the same code, machine and
settings.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fewshot_report import report
from machine import this_machine
from measured import Measured, measure
from methods import METHODS, Task
from records import Record, Settings, append, code_digest, read
from scenes import find_scenes
from tables import write_section

from weft.bundle import read_bundle

TITLE = "Few-shot quality and speed"


@dataclass(frozen=True)
class Run:
    """One method on one task."""

    method: str
    task: Task

    @property
    def key(self) -> tuple[str, int, str]:
        """As in its record."""
        return self.task.scene.name, self.task.seed, self.method


def main() -> None:
    """Run what is missing, and write the tables anew after each run."""
    options = parse()
    settings = Settings(code_digest(), str(this_machine()), options.device, options.budget)
    lines = options.out.with_suffix(".jsonl")
    done = {} if options.fresh else read(lines, settings)
    with tempfile.TemporaryDirectory(prefix="weft-fewshot-") as scratch:
        runs = list(plan(options, options.work or Path(scratch)))
        for number, run in enumerate(runs, 1):
            if run.key in done and done[run.key].error is None:
                continue
            record = done[run.key] = carry_out(run, settings)
            append(lines, record)
            tell(f"[{number}/{len(runs)}]", record)
            write_section(options.out, TITLE, report(list(done.values()), settings))
            if options.work is None:
                shutil.rmtree(run.task.out.parent)
    write_section(options.out, TITLE, report(list(done.values()), settings))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of scenes")
    parser.add_argument("--scenes", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of training")
    parser.add_argument("--trunk", type=Path, help="weights of the reference trunk")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    parser.add_argument("--work", type=Path, help="keep models, rasters and polygons here")
    parser.add_argument("--fresh", action="store_true", help="repeat what is there already")
    options = parser.parse_args()
    if options.trunk is None and any(name.endswith("-trunk") for name in options.methods):
        parser.error("methods on the trunk need its weights, --trunk FILE")
    try:
        options.scenes = find_scenes(options.data, options.scenes)
    except argparse.ArgumentTypeError as mistake:
        parser.error(str(mistake))
    return options


def plan(options: argparse.Namespace, work: Path) -> Iterator[Run]:
    """Scene by scene and seed by seed, methods side by side, so that they meet the same machine."""
    for scene in options.scenes:
        for seed in options.seeds:
            for method in options.methods:
                out = work / f"{scene.name}-{seed}-{method}" / "polygons.gpkg"
                yield Run(
                    method, Task(scene, seed, out, options.budget, options.device, options.trunk)
                )


def carry_out(run: Run, settings: Settings) -> Record:
    """Learn, predict, score; a run that fails becomes a record that says so."""
    task = run.task
    task.out.parent.mkdir(parents=True, exist_ok=True)
    blank = Record(settings, *run.key, date=datetime.now(UTC).date().isoformat())
    result = measure(METHODS[run.method](task))
    if result.status != 0:
        return replace(blank, error=f"exit status {result.status}: {result.last_words}")
    score = measure(scoring(task))
    if score.status != 0:
        return replace(blank, error=f"scoring failed: {score.last_words}")
    figures: dict[str, Any] = json.loads(score.output)
    return replace(
        blank,
        iou=figures["mean_iou"],
        f1=figures["mean_f1"],
        classes=figures["classes"],
        train_s=training_seconds(task, result),
        whole_s=round(result.seconds, 2),
        peak_mib=round(result.peak_mib, 1),
    )


def scoring(task: Task) -> list[str]:
    """`weft evaluate` outside the areas that were learned from."""
    return [
        *(sys.executable, "-m", "weft", "evaluate", str(task.out), "--truth", task.scene.truth),
        *("--exclude", task.scene.areas(task.seed), "--json", "--images", *task.scene.images),
    ]


def training_seconds(task: Task, result: Measured) -> float:
    """Seconds of the training itself: from WEFT's model file, or as the method printed them."""
    model = task.out.with_name(f"{task.out.stem}_weft") / f"{task.out.stem}.weft"
    if model.exists():
        return read_bundle(model)[0].training.seconds
    return float(json.loads(result.output)["train_s"])


def tell(place: str, record: Record) -> None:
    """One line on the terminal."""
    name = f"{place} {record.scene} seed {record.seed} {record.method}:"
    if record.error is not None:
        print(name, record.error, flush=True)
        return
    print(
        f"{name} IoU {record.iou:.3f}, F1 {record.f1:.3f}, {record.whole_s:.0f} s, "
        f"{record.peak_mib:.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
