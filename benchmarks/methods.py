# SPDX-License-Identifier: GPL-3.0-or-later
"""All methods under one protocol: what each costs, and what it reaches in equal time or steps.

    python benchmarks/methods.py --data SCENES --trunk TRUNK.safetensors [--vit-weights FILE]
    python benchmarks/methods.py --figure docs/images/methods.png --docs docs/methods.md

Every adapter of the registry, and full fine-tuning under every schedule, on the reference trunk,
the embedded backbone and a vision transformer. Without weights the transformer has random ones, and
only its costs are measured. Results come into two files of JSON lines beside --out, and the tables
of --out, the short one of --docs and the figure are made from these. Started again, it goes on
with what is missing; seeds may be measured on several machines, each with all methods on one.
"""

import argparse
import tempfile
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from cost_records import OWN_CODE, CostRecord, CostSettings, Method, measure_costs
from machine import this_machine
from methods_figure import draw
from methods_report import report
from methods_summary import summary
from records import Record, Settings, code_digest, complete, newest, read, read_all, side_by_side
from runs import Task, carry_out, on_backbone, weft_command
from scenes import add_scene_options, find_scenes
from tables import write_section

from weft.adapters.registry import ADAPTERS
from weft.backbones.registry import DEFAULT_BACKBONE
from weft.training.schedule import DEFAULT_SCHEDULE, SCHEDULES

TITLE = "Methods compared"
PARTS = ("costs", "accuracy")
BOUNDS = ("time", "steps")
BACKBONES = ("trunk", "embedded", "vit")
SCHEDULED = "full"  # the adapter that schedules are for: nothing else holds as much to freeze
LONGEST_S = 3600.0  # for runs that are bounded by steps


@dataclass(frozen=True)
class Backbone:
    """A backbone; without `learned` weights only its costs can be told."""

    name: str
    weights: Path | None
    learned: bool


def main() -> None:
    """Run what is missing, and write the tables anew after each run; or tell what is there."""
    options = parse()
    if tells(options):
        costs, runs = what_is_there(options)
        write_section(options.out, TITLE, report(costs, runs))
        if options.docs is not None:
            write_section(options.docs, TITLE, summary(costs, runs))
        if options.figure is not None:
            draw(costs, runs, options.figure)
        return
    with tempfile.TemporaryDirectory(prefix="weft-methods-") as scratch:
        for _ in carry_out_all(options, options.work or Path(scratch)):
            pass


def what_is_there(options: argparse.Namespace) -> tuple[list[CostRecord], list[Record]]:
    """Costs of the newest settings, and runs that can be compared."""
    costs = newest(costs_file(options), CostRecord)
    return list(costs.values()), side_by_side(read_all(runs_file(options), Record))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_scene_options(parser, required=False)
    names = [method.name for method in all_methods()]
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--methods", nargs="+", choices=names, default=names)
    parser.add_argument("--backbones", nargs="+", choices=BACKBONES, default=BACKBONES)
    parser.add_argument("--bounds", nargs="+", choices=BOUNDS, default=BOUNDS)
    parser.add_argument("--steps", type=int, default=60, help="of the runs of equal steps")
    parser.add_argument("--trunk", type=Path, help="weights of the reference trunk")
    parser.add_argument("--vit", metavar="NAME", default="vit_small_patch16_224")
    parser.add_argument("--vit-weights", type=Path, metavar="FILE", help="default: random ones")
    parser.add_argument("--batch", type=int, default=4, help="crops of a step, for the costs")
    parser.add_argument("--crop", type=int, default=256, help="their side")
    parser.add_argument("--tile", type=int, default=512, help="side of the tiles predicted")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw what is there already")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="the same as a short table")
    options = parser.parse_args()
    if not tells(options):
        check(options, parser)
    return options


def tells(options: argparse.Namespace) -> bool:
    """Whether nothing shall be run."""
    return options.figure is not None or options.docs is not None


def check(options: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """End with a sentence if something needed is not given or not there."""
    for path in (options.trunk, options.vit_weights):
        if path is not None and not path.is_file():
            parser.error(f"the weights file {path} does not exist")
    if options.trunk is None and "trunk" in options.backbones:
        parser.error("the reference trunk needs its weights, --trunk FILE")
    if "accuracy" not in options.parts:
        return
    if options.data is None:
        parser.error("accuracy needs scenes, --data FOLDER")
    try:
        options.scenes = find_scenes(options.data, options.scenes)
    except argparse.ArgumentTypeError as mistake:
        parser.error(str(mistake))


def all_methods() -> list[Method]:
    """Every adapter, and every schedule but the default."""
    scheduled = [name for name in SCHEDULES if name != DEFAULT_SCHEDULE]
    return [
        *(Method(spec.name) for spec in ADAPTERS),
        *(Method(SCHEDULED, schedule) for schedule in scheduled),
    ]


def backbones(options: argparse.Namespace) -> list[Backbone]:
    """Those asked for."""
    known = {
        "trunk": Backbone("resnetv2_50_trunk", options.trunk, learned=True),
        "embedded": Backbone(DEFAULT_BACKBONE, None, learned=True),
        "vit": Backbone(options.vit, options.vit_weights, options.vit_weights is not None),
    }
    return [known[name] for name in options.backbones]


def carry_out_all(options: argparse.Namespace, work: Path) -> Iterator[CostRecord | Record]:
    """Both parts, each record with the tables written anew."""
    machine, device = str(this_machine()), options.device
    sizes = (options.batch, options.crop, options.tile)
    cost_settings = CostSettings(code_digest(*OWN_CODE), machine, device, *sizes)
    code = code_digest("benchmarks/runs.py")
    settings = Settings(code, machine, device, options.budget, options.steps)
    costs = {} if options.fresh else read(costs_file(options), cost_settings, CostRecord)
    runs = {} if options.fresh else read(runs_file(options), settings, Record)

    def write() -> None:
        write_section(options.out, TITLE, report(*what_is_there(options)))

    if "costs" in options.parts:
        for cost in complete(plan_costs(options, cost_settings), costs, costs_file(options)):
            write()
            yield cost
    if "accuracy" in options.parts:
        for run in complete(plan_runs(options, settings, work), runs, runs_file(options)):
            write()
            yield run
    write()


def plan_costs(
    options: argparse.Namespace, settings: CostSettings
) -> dict[Hashable, Callable[[], CostRecord]]:
    """A measurement for each backbone and method."""
    jobs: dict[Hashable, Callable[[], CostRecord]] = {}
    for backbone, method in product(backbones(options), chosen(options)):
        key = CostRecord(settings, backbone.name, method.name).key
        jobs[key] = partial(measure_costs, settings, backbone.name, backbone.weights, method)
    return jobs


def plan_runs(
    options: argparse.Namespace, settings: Settings, work: Path
) -> dict[Hashable, Callable[[], Record]]:
    """Seed by seed and scene by scene, methods side by side, so that they meet the same machine.

    Stopped after any seed, the runs there are show each scene as often as any other.
    """
    jobs: dict[Hashable, Callable[[], Record]] = {}
    learned = [backbone for backbone in backbones(options) if backbone.learned]
    whole = product(options.bounds, learned, options.seeds, options.scenes, chosen(options))
    for bound, backbone, seed, scene, method in whole:
        blank = Record(settings, scene.name, seed, method.name, backbone=backbone.name, bound=bound)
        out = work / f"{scene.name}-{seed}-{bound}-{backbone.name}-{method.name}" / "polygons.gpkg"
        by_steps = bound == "steps"
        task = Task(scene, seed, out, LONGEST_S if by_steps else options.budget, options.device)
        command = weft_command(
            task,
            *on_backbone(backbone.name, backbone.weights),
            *method.options,
            *("--tta", "1"),  # methods are compared, not what several ways add to each
            *(["--steps", str(options.steps)] if by_steps else ()),
        )
        jobs[blank.key] = partial(carry_out, task, command, blank, options.work is not None)
    return jobs


def chosen(options: argparse.Namespace) -> list[Method]:
    """The methods asked for, in the order of the registry."""
    return [method for method in all_methods() if method.name in options.methods]


def costs_file(options: argparse.Namespace) -> Path:
    """Where costs are kept."""
    return options.out.with_name(f"{options.out.stem}_costs.jsonl")


def runs_file(options: argparse.Namespace) -> Path:
    """Where runs are kept."""
    return options.out.with_suffix(".jsonl")


if __name__ == "__main__":
    main()
