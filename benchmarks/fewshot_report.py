# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the few-shot benchmark, from its records alone."""

from collections.abc import Callable, Iterable, Sequence
from statistics import mean

from methods import DESCRIBED
from records import Record, Settings
from tables import figure, table

FIGURES: tuple[tuple[str, Callable[[Record], float | None], int], ...] = (
    ("IoU", lambda record: record.iou, 3),
    ("F1", lambda record: record.f1, 3),
    ("training, s", lambda record: record.train_s, 0),
    ("whole, s", lambda record: record.whole_s, 0),
    ("peak, MiB", lambda record: record.peak_mib, 0),
)


def report(records: Sequence[Record], settings: Settings) -> str:
    """Header, means over seeds, and every seed's IoU."""
    if not records:
        return "No runs yet."
    scenes = sorted({record.scene for record in records})
    methods = [name for name in DESCRIBED if any(record.method == name for record in records)]
    seeds = sorted({record.seed for record in records})
    parts = [
        _header(records, settings, methods),
        f"## Means (seeds {', '.join(map(str, seeds))})",
        _means(records, scenes, methods),
        "## IoU of each seed",
        _seeds(records, scenes, methods, seeds),
    ]
    if any(record.classes and len(record.classes) > 1 for record in records):
        parts += ["## IoU of each class, mean over seeds", _classes(records, scenes, methods)]
    failures = [record for record in records if record.error]
    if failures:
        parts += ["## Failures", "\n".join(map(_failure, failures))]
    return "\n\n".join(parts)


def _header(records: Sequence[Record], settings: Settings, methods: Sequence[str]) -> str:
    days = sorted({record.date for record in records})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    lines = [
        f"Each run is a process of its own that learns from one seed's five areas alone, predicts "
        f"all images and writes polygons. Training is bounded to {settings.budget_s:g} s (the "
        f"forest has no bound); device: {settings.device}. Scored outside the labelled areas: "
        "pixel IoU, and F1 of objects matched at IoU 0.5, means over classes.",
        f"Machine: {settings.machine}. Measured {when}, code `{settings.code}`.",
        "\n".join(f"- **{name}**: {DESCRIBED[name]}" for name in methods),
    ]
    return "\n\n".join(lines)


def _means(records: Sequence[Record], scenes: Sequence[str], methods: Sequence[str]) -> str:
    columns = ["scene", "method", *(name for name, _, _ in FIGURES)]
    rows = [
        [scene, method, *_figures([r for r in records if (r.scene, r.method) == (scene, method)])]
        for scene in scenes
        for method in methods
    ]
    rows += [
        ["**all**", method, *_figures([r for r in records if r.method == method])]
        for method in methods
    ]
    return table(columns, rows)


def _figures(records: Sequence[Record]) -> list[str]:
    return [figure(_mean(map(get, records)), digits) for _, get, digits in FIGURES]


def _seeds(
    records: Sequence[Record], scenes: Sequence[str], methods: Sequence[str], seeds: Sequence[int]
) -> str:
    by_key = {record.key: record.iou for record in records}
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
        names = _in_order(name for r in here for name in r.classes or ())
        if len(names) < 2:
            continue
        for name in names:
            for method in methods:
                values = [r.classes[name]["iou"] for r in here if r.method == method and r.classes]
                rows.append([scene, name, method, figure(_mean(values), 3)])
    return table(["scene", "class", "method", "IoU"], rows)


def _failure(record: Record) -> str:
    return f"- {record.scene}, seed {record.seed}, {record.method}: {record.error}"


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
