# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the few-shot benchmark, from its records alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import mean

from records import Kept, Record, Settings, in_common
from rivals import DESCRIBED
from tables import figure, table

Figures = tuple[tuple[str, Callable[[Record], float | None], int], ...]

FIGURES: Figures = (
    ("IoU", lambda record: record.iou, 3),
    ("F1", lambda record: record.f1, 3),
    ("training, s", lambda record: record.train_s, 0),
    ("whole, s", lambda record: record.whole_s, 0),
    ("peak, MiB", lambda record: record.peak_mib, 0),
)


def report(records: Sequence[Record], settings: Settings) -> str:
    """Header, means over the seeds that every method has finished, and every seed's IoU."""
    if not records:
        return "No runs yet."
    compared = _compared(records)
    scenes = sorted({record.scene for record in records})
    methods = [name for name in DESCRIBED if any(record.method == name for record in records)]
    seeds = sorted({record.seed for record in records})
    parts = [
        _header(records, settings, methods),
        "## Means",
        _means(compared, scenes, methods),
        "## IoU of each seed",
        _seeds(records, scenes, methods, seeds),
    ]
    if any(record.classes and len(record.classes) > 1 for record in records):
        parts += ["## IoU of each class, mean over seeds", _classes(compared, scenes, methods)]
    failures = [record for record in records if record.error]
    if failures:
        parts += ["## Failures", "\n".join(f"- {record.told}" for record in failures)]
    return "\n\n".join(parts)


def _compared(records: Sequence[Record]) -> list[Record]:
    """What means are over: a method that was hardly begun must not narrow them for all."""
    runs = Counter(record.method for record in records if record.iou is not None)
    most = max(runs.values(), default=0)
    return in_common(record for record in records if 2 * runs[record.method] >= most)


def _header(records: Sequence[Record], settings: Settings, methods: Sequence[str]) -> str:
    lines = [
        f"Each run is a process of its own that learns from one seed's five areas alone, predicts "
        f"all images and writes polygons. Training is bounded to {settings.budget_s:g} s (the "
        f"forest has no bound); device: {settings.device}. Scored outside the labelled areas: "
        "pixel IoU, and F1 of objects matched at IoU 0.5, means over classes. Means of a scene are "
        "over the seeds that every method has finished there; a method with less than half as many "
        "runs as another has none, and its runs stand below.",
        f"Machine: {settings.machine}.",
        "\n".join(_origin(name, [r for r in records if r.method == name]) for name in methods),
    ]
    return "\n\n".join(lines)


def _origin(method: str, records: Sequence[Record]) -> str:
    """What the method is, and what was measured of it when."""
    code = records[0].settings.code
    return f"- **{method}**: {DESCRIBED[method]}; {days(records)}, code `{code}`"


def days(records: Iterable[Kept]) -> str:
    """From when to when it was measured."""
    dates = sorted({record.date for record in records})
    return dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"


def _means(records: Sequence[Record], scenes: Sequence[str], methods: Sequence[str]) -> str:
    columns = ["scene", "method", "runs", *(name for name, _, _ in FIGURES)]
    rows = []
    for name, within in (*((scene, {scene}) for scene in scenes), ("**all**", set(scenes))):
        for method in methods:
            here = [r for r in records if r.method == method and r.scene in within]
            rows.append([name, method, str(len(here)), *figures_of(here)])
    return table(columns, rows)


def figures_of(records: Sequence[Record], figures: Figures = FIGURES) -> list[str]:
    """The cells of those figures, means over records."""
    return [figure(mean_of(map(get, records)), digits) for _, get, digits in figures]


def _seeds(
    records: Sequence[Record], scenes: Sequence[str], methods: Sequence[str], seeds: Sequence[int]
) -> str:
    by_key = {(r.scene, r.seed, r.method): r.iou for r in records}
    rows = [
        [scene, method, *(figure(by_key.get((scene, seed, method)), 3) for seed in seeds)]
        for scene in scenes
        for method in methods
    ]
    return table(["scene", "method", *(f"seed {seed}" for seed in seeds)], rows)


def _classes(records: Sequence[Record], scenes: Sequence[str], methods: Sequence[str]) -> str:
    rows = []
    for scene in scenes:
        here = [r for r in records if r.scene == scene and r.classes]
        names = in_order(name for r in here for name in r.classes or ())
        if len(names) < 2:
            continue
        for name in names:
            for method in methods:
                values = [r.classes[name]["iou"] for r in here if r.method == method and r.classes]
                rows.append([scene, name, method, figure(mean_of(values), 3)])
    return table(["scene", "class", "method", "IoU"], rows)


def mean_of(values: Iterable[float | None]) -> float | None:
    """The mean of what is known."""
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def in_order(names: Iterable[str]) -> list[str]:
    """Each once, as they first come."""
    return list(dict.fromkeys(names))
