# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the comparison of methods, from its records alone."""

from collections.abc import Sequence

from cost_records import CostRecord, Costs
from fewshot_report import FIGURES, Figures, days, figures_of, in_order, mean_of
from records import Kept, Record, Settings, in_common
from tables import figure, table

MIB = 2**20
BOUNDS = {"time": "equal time", "steps": "equal steps"}
# Runs of so many steps come out the same on a busy machine, but their seconds do not.
TOLD = {"time": FIGURES, "steps": tuple(each for each in FIGURES if not each[0].endswith(", s"))}
FULL = "full"


class Footnotes:
    """Sentences under a table, each with a mark; the same sentence has the same one."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def mark(self, name: str, sentence: str | None) -> str:
        """`name` with the mark of its sentence, where it has one."""
        if sentence is None:
            return name
        if sentence not in self.sentences:
            self.sentences.append(sentence)
        return f"{name} ({self.sentences.index(sentence) + 1})"

    def under(self, text: str) -> str:
        """`text` with the sentences below."""
        notes = [f"({number}) {each}" for number, each in enumerate(self.sentences, 1)]
        return "\n\n".join([text, *notes])


def report(costs: Sequence[CostRecord], runs: Sequence[Record]) -> str:
    """Costs, what freezing saves, accuracy, and what failed."""
    parts = []
    if costs:
        parts += ["## Costs", _about_costs(costs), *cost_tables(costs)]
    if freezing := _freezing(costs):
        parts += ["## Dynamic backbone freezing", _ABOUT_FREEZING, freezing]
    if runs:
        parts += ["## Accuracy", _about_runs(runs), *_run_tables(runs)]
    parts += _without_accuracy(costs, runs)
    everything: list[Kept] = [*costs, *runs]
    failures = [f"- {each.told}" for each in everything if each.error]
    if failures:
        parts += ["## Failures", "\n".join(failures)]
    return "\n\n".join(parts) or "No runs yet."


def _about_costs(records: Sequence[CostRecord]) -> str:
    settings = records[0].settings
    known = [record.costs for record in records if record.costs is not None]
    devices = in_order(f"{costs.device} in {costs.precision}" for costs in known)
    return (
        f"Each figure comes from a process of its own on {', '.join(devices) or settings.device}: "
        f"batches of {settings.batch} crops of about {settings.crop} pixels a side, three bands, "
        "one class. *Share* is what learns beside the heads over the backbone's parameters. "
        "*Kept* is what a step holds for going back, *of heads* that of heads which learn alone on "
        "the frozen maps; the rest is the method's own. *State* is gradients and the optimiser's "
        "moments. *Memory* is kept and state on a CPU, and the allocator's peak on a GPU. "
        "*Resident* is the peak of the whole process until training is over. "
        "*File* is the model file with both states that a training with a held-out area leaves. "
        f"*Speed* is that of the engine on tiles of about {settings.tile} pixels in memory.\n\n"
        f"Machine: {settings.machine}. Measured {days(records)}, code `{settings.code}`."
    )


def cost_tables(records: Sequence[CostRecord]) -> list[str]:
    """A heading and a table for each backbone."""
    parts = []
    for name in in_order(record.backbone for record in records):
        here = [record for record in records if record.backbone == name]
        known = [record.costs for record in here if record.costs is not None]
        if known:
            millions = known[0].backbone_parameters / 1e6
            weights = ", random weights" if known[0].random else ""
            parts.append(
                f"### {name} ({millions:.2f} M parameters{weights}, crops of {known[0].crop}, "
                f"tiles of {known[0].tile})"
            )
        else:
            parts.append(f"### {name}")
        parts.append(_cost_table(here))
    return parts


def _cost_table(records: Sequence[CostRecord]) -> str:
    columns = ["method", "adapter, k", "heads, k", "unfrozen, k", "share, %", "cacheable"]
    columns += ["kept, MiB", "vs full, %", "of heads, MiB", "rest vs full, %", "state, MiB"]
    columns += ["memory, MiB", "vs full, %", "resident, MiB"]
    columns += ["step, s", "file, MiB", "speed, MP/s"]
    full = next((r.costs for r in records if r.method == FULL and r.costs), None)
    notes = Footnotes()
    rows = [
        [notes.mark(record.method, record.unsuited), *_cost_cells(record.costs, full)]
        for record in records
    ]
    width = len(columns)
    return notes.under(table(columns, [row + ["–"] * (width - len(row)) for row in rows]))


def _cost_cells(costs: Costs | None, full: Costs | None) -> list[str]:
    if costs is None:
        return []
    return [
        figure(costs.adapter_parameters / 1e3, 1),
        figure(costs.head_parameters / 1e3, 1),
        figure(costs.unfrozen_parameters / 1e3, 1),
        figure(100 * costs.share, 2),
        "yes" if costs.cacheable else "no",
        figure(costs.saved_bytes / MIB),
        _percent(costs.saved_bytes, full.saved_bytes if full else None),
        figure(costs.head_bytes / MIB),
        _percent(costs.beside_heads, full.beside_heads if full else None),
        figure(costs.state_bytes / MIB),
        figure(costs.training_bytes / MIB),
        _percent(costs.training_bytes, full.training_bytes if full else None),
        figure(costs.peak_mib),
        figure(costs.step_s, 3),
        figure(costs.file_bytes / MIB, 2),
        figure(costs.megapixels_s, 2),
    ]


def _percent(value: int, whole: int | None) -> str:
    return figure(100 * value / whole if whole else None)


_ABOUT_FREEZING = (
    "Time of training that reaches the backbone in every ρ-th epoch only, over that of training it "
    "always, an epoch being one step here. The backbone's part is its forward and backward pass "
    "alone; (1 + 2/ρ)/3 is what it costs if going back takes twice the time of going forth."
)


def _freezing(records: Sequence[CostRecord]) -> str:
    rows = [
        [
            *(record.backbone, record.method, str(each.rho), figure(each.whole, 2)),
            *(figure(each.backbone, 2), figure(each.expected, 2)),
        ]
        for record in records
        if record.costs is not None
        for each in record.costs.freezing
    ]
    columns = ["backbone", "method", "ρ", "whole step", "backbone's part", "(1 + 2/ρ)/3"]
    return table(columns, rows) if rows else ""


def _about_runs(records: Sequence[Record]) -> str:
    settings = records[0].settings
    return (
        "Each run is a process of its own that learns from one seed's five areas alone, predicts "
        f"all images and writes polygons, on {settings.device}. Training ends after "
        f"{settings.budget_s:g} s (equal time) or after {settings.steps} steps (equal steps). "
        "Means over those scenes and seeds that all methods have finished, scored outside the "
        "labelled areas: pixel IoU, and F1 of objects matched at IoU 0.5; the peak is resident "
        "memory of the whole run. The methods of one scene and seed ran on one machine with one "
        "code; where steps are equal it may have had other work, and no seconds are told: those of "
        f"a step are among the costs.\n\n{origins(records)}"
    )


def origins(records: Sequence[Record]) -> str:
    """A line for each machine and code: how many runs are its, and of when."""
    own: dict[Settings, list[Record]] = {}
    for record in records:
        if record.unsuited is None:
            own.setdefault(record.settings, []).append(record)
    return "\n".join(
        f"- {len(runs)} runs, {days(runs)}, code `{settings.code}`, on {settings.machine}"
        for settings, runs in own.items()
    )


def _run_tables(records: Sequence[Record]) -> list[str]:
    parts = []
    for backbone in in_order(record.backbone or "" for record in records):
        for bound, words in BOUNDS.items():
            here = [r for r in records if (r.backbone, r.bound) == (backbone, bound)]
            if here:
                parts += [f"### {backbone}, {words}", _run_table(here, TOLD[bound])]
    return parts


def _run_table(records: Sequence[Record], figures: Figures) -> str:
    scenes = sorted({record.scene for record in records})
    columns = ["method", "runs", *(name for name, _, _ in figures)]
    columns += [f"IoU of {scene}" for scene in scenes]
    notes, common = Footnotes(), in_common(records)
    rows = []
    for method in in_order(record.method for record in records):
        own = [record for record in records if record.method == method]
        unsuited = next((record.unsuited for record in own if record.unsuited), None)
        compared = [record for record in common if record.method == method]
        of_scenes = (mean_of(r.iou for r in compared if r.scene == scene) for scene in scenes)
        rows.append(
            [
                notes.mark(method, unsuited),
                str(len(compared)) if compared else "–",
                *figures_of(compared, figures),
                *(figure(iou, 3) for iou in of_scenes),
            ]
        )
    return notes.under(table(columns, rows))


def _without_accuracy(costs: Sequence[CostRecord], runs: Sequence[Record]) -> list[str]:
    """What to say of backbones that had no weights to be accurate with."""
    random = in_order(each.backbone for each in costs if each.costs and each.costs.random)
    measured = {run.backbone for run in runs}
    return [
        f"**{name}** had no learned weights here: its costs were measured with random ones, and "
        "its accuracy was not measured."
        for name in random
        if name not in measured
    ]
