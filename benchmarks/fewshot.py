# SPDX-License-Identifier: GPL-3.0-or-later
"""The few-shot scoreboard: every scene, seed and rival, learned from five labelled areas.

    python benchmarks/fewshot.py --data SCENES --trunk TRUNK.safetensors [--scenes …] [--seeds …]

Results come one by one into a file of JSON lines beside --out, and the tables of --out are made
from that file: of each method the runs of its newest code. Started again, it goes on with what is
missing for the same code, machine and settings.
"""

import argparse
import tempfile
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path

from fewshot_report import report
from machine import this_machine
from records import Record, Settings, code_digest, complete, newest_by_method, read
from rivals import RIVALS
from runs import Task, carry_out
from scenes import add_scene_options, parse_with_scenes
from tables import write_section

OWN_PARTS = ("deep_features", "features", "filters", "forest", "rivals", "runs", "unet")
TITLE = "Few-shot quality and speed"
OWN_CODE = tuple(f"benchmarks/{name}.py" for name in OWN_PARTS)


def main() -> None:
    """Run what is missing, and write the tables anew after each run."""
    options = parse()
    settings = Settings(code_digest(*OWN_CODE), str(this_machine()), options.device, options.budget)
    lines = options.out.with_suffix(".jsonl")
    done = {} if options.fresh else read(lines, settings, Record)
    with tempfile.TemporaryDirectory(prefix="weft-fewshot-") as scratch:
        jobs = plan(options, settings, options.work or Path(scratch))
        for _ in complete(jobs, done, lines):
            write_section(options.out, TITLE, report(newest_by_method(lines, settings), settings))
    write_section(options.out, TITLE, report(newest_by_method(lines, settings), settings))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_scene_options(parser, required=True)
    parser.add_argument("--methods", nargs="+", choices=RIVALS, default=list(RIVALS))
    parser.add_argument("--trunk", type=Path, help="weights of the reference trunk")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    options = parse_with_scenes(parser)
    if options.trunk is None and any(name.endswith("-trunk") for name in options.methods):
        parser.error("methods on the trunk need its weights, --trunk FILE")
    return options


def plan(
    options: argparse.Namespace, settings: Settings, work: Path
) -> dict[Hashable, Callable[[], Record]]:
    """Scene by scene and seed by seed, methods side by side, so that they meet the same machine."""
    jobs: dict[Hashable, Callable[[], Record]] = {}
    for scene in options.scenes:
        for seed in options.seeds:
            for method in options.methods:
                out = work / f"{scene.name}-{seed}-{method}" / "polygons.gpkg"
                task = Task(scene, seed, out, options.budget, options.device)
                command = RIVALS[method](task, options.trunk)
                blank = Record(settings, scene.name, seed, method)
                keep = options.work is not None
                jobs[blank.key] = partial(carry_out, task, command, blank, keep)
    return jobs


if __name__ == "__main__":
    main()
