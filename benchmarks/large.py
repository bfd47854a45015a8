# SPDX-License-Identifier: GPL-3.0-or-later
"""The setting of the released WEFT on a GPU: a large vision transformer, against full fine-tuning.

    python benchmarks/large.py

ViT-L with random weights, batches of 6 crops of 512 x 512 pixels. The paper tells of 26 % less
memory and 15 % more speed. The released code computes blocks twice to save memory; `weft-large`
does not, so it is measured in both ways. Results are added to a file of JSON lines beside --out,
with the device's name, and its tables are written anew.
"""

import argparse
import sys
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path

from cost_records import OWN_CODE, CostRecord, Costs, CostSettings, Method, measure_costs
from machine import this_machine
from methods_report import FULL, cost_tables
from records import code_digest, complete, read
from tables import write_section

from weft.device import choose_device
from weft.errors import RequestError

TITLE = "A large backbone on a GPU"
BACKBONE = "vit_large_patch16_224"
RELEASED = (
    "weft-large:router=twice,experts=all,attention=global,edges=batch,peak=identity,norm=batch,"
    "output=norm,reads=no,drop=0.4,frozen_drop=0.4,checkpoint=yes"
)


def main() -> int:
    """Measure what is missing, and write the tables; 2 and a sentence without a GPU."""
    options = parse()
    try:
        device = choose_device("cuda")
    except RequestError:
        print("This benchmark needs a GPU that works with CUDA; there is none.", file=sys.stderr)
        return 2
    machine = f"{this_machine()}; {device.name}"
    sizes = (options.batch, options.crop, options.crop)
    settings = CostSettings(code_digest(*OWN_CODE), machine, "cuda", *sizes)
    lines = options.out.with_suffix(".jsonl")
    done = {} if options.fresh else read(lines, settings, CostRecord)
    jobs: dict[Hashable, Callable[[], CostRecord]] = {
        (options.backbone, name): partial(
            measure_costs, settings, options.backbone, options.backbone_weights, Method(name)
        )
        for name in (options.adapter, RELEASED, FULL)
    }
    for _ in complete(jobs, done, lines):
        pass
    write_section(options.out, TITLE, report(done, options))
    return 0


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", default=BACKBONE)
    parser.add_argument("--backbone-weights", type=Path, metavar="FILE", help="default: random")
    parser.add_argument("--adapter", default="weft-large")
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--crop", type=int, default=512)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    parser.add_argument("--fresh", action="store_true", help="repeat what is there already")
    return parser.parse_args()


def report(records: dict[Hashable, CostRecord], options: argparse.Namespace) -> str:
    """The table of costs, and each comparison in a sentence."""
    listed = list(records.values())
    settings = listed[0].settings
    parts = [
        f"Batches of {settings.batch} crops of {settings.crop} x {settings.crop} pixels; memory is "
        "the allocator's peak in a step, with parameters and the optimiser's state.\n\n"
        f"Machine: {settings.machine}. Measured {listed[-1].date}, code `{settings.code}`.",
        *cost_tables(listed),
    ]
    full = records.get((options.backbone, FULL))
    names = {options.adapter: options.adapter, RELEASED: "weft-large as released"}
    for name, words in names.items():
        ours = records.get((options.backbone, name))
        if ours and full and ours.costs and full.costs:
            parts.append(compared(words, ours.costs, full.costs))
    parts += [f"- {record.told}" for record in listed if record.error]
    return "\n\n".join(parts)


def compared(words: str, ours: Costs, full: Costs) -> str:
    """The sentence about a method called `words`."""
    memory, speed = ours.training_bytes / full.training_bytes, full.step_s / ours.step_s
    return (
        f"**{words} on {ours.device}: {100 * memory:.0f} % of the memory of full fine-tuning, at "
        f"{100 * speed:.0f} % of its speed.**"
    )


if __name__ == "__main__":
    sys.exit(main())
