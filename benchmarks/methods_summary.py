# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of methods in one short table for each backbone, as docs/methods.md has it."""

from collections.abc import Sequence

from cost_records import CostRecord, Costs
from fewshot_report import days, in_order, mean_of
from records import Kept, Record, in_common
from tables import figure, table

MIB = 2**20
BOUND = "time"
COLUMNS = (
    *("method", "learns beside the heads, k", "cacheable", "memory, MiB", "step, s"),
    *("file, MiB", "speed, MP/s", "IoU", "F1", "runs"),
)


def summary(costs: Sequence[CostRecord], runs: Sequence[Record]) -> str:
    """A table for each backbone; methods that do not suit it are left out."""
    parts = [_measured("Costs", costs), _measured("IoU and F1", runs)]
    for backbone in in_order(record.backbone for record in costs):
        here = [record for record in costs if record.backbone == backbone]
        rows = [
            _row(record.method, record.costs, _equal_time(runs, record))
            for record in here
            if record.costs is not None
        ]
        random = any(record.costs and record.costs.random for record in here)
        weights = ", random weights, so without accuracy" if random else ""
        parts += [f"**{backbone}**{weights}", table(COLUMNS, rows)]
    return "\n\n".join(part for part in parts if part)


def _measured(what: str, records: Sequence[Kept]) -> str:
    machines = in_order(record.settings.machine for record in records)
    return f"{what} were measured {days(records)} on {' and '.join(machines)}." if records else ""


def _equal_time(runs: Sequence[Record], cost: CostRecord) -> list[Record]:
    here = [run for run in runs if (run.backbone, run.bound) == (cost.backbone, BOUND)]
    return [run for run in in_common(here) if run.method == cost.method]


def _row(method: str, costs: Costs, runs: Sequence[Record]) -> list[str]:
    learns = costs.adapter_parameters + costs.unfrozen_parameters
    return [
        method,
        figure(learns / 1e3, 1),
        "yes" if costs.cacheable else "no",
        figure(costs.training_bytes / MIB),
        figure(costs.step_s, 2),
        figure(costs.file_bytes / MIB, 2),
        figure(costs.megapixels_s, 2),
        figure(mean_of(run.iou for run in runs), 3),
        figure(mean_of(run.f1 for run in runs), 3),
        str(len(runs)) if runs else "–",
    ]
