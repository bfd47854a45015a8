# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the comparison of methods: accuracy against memory and against file size."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cost_records import CostRecord
from fewshot_report import in_order, mean_of
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter
from records import Record, in_common

BOUND = "time"
MARKERS = "osD^v"
MIB = 2**20


@dataclass(frozen=True)
class Point:
    """A method on a backbone."""

    backbone: str
    method: str
    iou: float
    memory_mib: float
    file_mib: float


def draw(costs: Sequence[CostRecord], runs: Sequence[Record], path: Path) -> None:
    """Write the picture; SystemExit with a sentence when there is nothing to draw."""
    found = points(costs, runs)
    if not found:
        raise SystemExit("No method has both costs and accuracy yet; measure both first.")
    picture = Figure(figsize=(9, 4), layout="constrained")
    left, right = picture.subplots(1, 2, sharey=True)
    for axes, name in ((left, "memory_mib"), (right, "file_mib")):
        scatter(axes, found, name)
    left.set(xlabel="training memory, MiB", ylabel="mean IoU, equal time")
    right.set(xlabel="model file, MiB")
    handles, labels = left.get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside right center", frameon=False, fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.savefig(path, dpi=110)


def points(costs: Sequence[CostRecord], runs: Sequence[Record]) -> list[Point]:
    """What was measured in both ways."""
    found = []
    for record in costs:
        here = [r for r in runs if (r.backbone, r.bound) == (record.backbone, BOUND)]
        iou = mean_of(r.iou for r in in_common(here) if r.method == record.method)
        if record.costs is not None and iou is not None:
            memory, file = record.costs.training_bytes, record.costs.file_bytes
            found.append(Point(record.backbone, record.method, iou, memory / MIB, file / MIB))
    return found


def scatter(axes: Axes, found: Sequence[Point], name: str) -> None:
    """A colour for each method, a marker for each backbone."""
    methods = in_order(point.method for point in found)
    names = in_order(point.backbone for point in found)
    for number, backbone in enumerate(names):
        for point in (each for each in found if each.backbone == backbone):
            axes.scatter(
                getattr(point, name),
                point.iou,
                color=f"C{methods.index(point.method)}",
                marker=MARKERS[number % len(MARKERS)],
            )
    for method in methods:
        axes.scatter([], [], color=f"C{methods.index(method)}", marker="o", label=method)
    for number, backbone in enumerate(names):
        axes.scatter(
            [], [], color="grey", marker=MARKERS[number % len(MARKERS)], label=f"on {backbone}"
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(alpha=0.3)
