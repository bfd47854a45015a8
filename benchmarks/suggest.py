# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated rounds: are suggested windows better to label next than random ones?

    python benchmarks/suggest.py --data SCENES [--trunk TRUNK.safetensors] [--scenes …] [--seeds …]

A model learns from one seed's areas. Then three windows are labelled by the truth, once those
that `weft suggest` gives and once random ones, and a second training goes on from the model with
either. All three results are scored on the same ground: outside the areas and all those windows.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from fewshot_report import days, in_order, mean_of
from measured import measure
from plays import play_all
from records import Settings
from rivals import EMBEDDED, TRUNK
from runs import on_backbone, today
from scenes import Scene, add_scene_options, parse_with_scenes
from tables import figure, table
from windows import COUNT, label, random_windows, read_source

TITLE = "Where to label next"
OWN_CODE = (
    "benchmarks/suggest.py",
    "benchmarks/windows.py",
    "backend/weft/jobs/suggest.py",
    "backend/weft/suggestions/*.py",
)
AGAIN_S = 20.0


@dataclass(frozen=True)
class Rounds:
    """IoU and F1, means over classes, of the first round and of the second with either windows."""

    settings: Settings
    scene: str
    seed: int
    date: str = ""
    first: tuple[float, float] | None = None
    suggested: tuple[float, float] | None = None
    random: tuple[float, float] | None = None
    error: str | None = None

    @property
    def key(self) -> Hashable:
        """Which run this is among those of equal settings."""
        return self.scene, self.seed

    @property
    def told(self) -> str:
        """One line for the terminal."""
        name = f"{self.scene}, seed {self.seed}"
        if self.first is None or self.suggested is None or self.random is None:
            return f"{name}: {self.error}"
        return (
            f"{name}: IoU {self.first[0]:.3f}, then {self.suggested[0]:.3f} by suggested and "
            f"{self.random[0]:.3f} by random windows"
        )


class Failure(Exception):
    """A command did not work; the message says what it told."""


def main() -> None:
    """Run what is missing, and write the table anew after each run."""
    options = parse()
    play_all(TITLE, OWN_CODE, options, Rounds, play, report)


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_scene_options(parser, required=True)
    parser.add_argument("--trunk", type=Path, help="weights of the reference trunk")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    return parse_with_scenes(parser)


def play(scene: Scene, seed: int, options: argparse.Namespace, settings: Settings) -> Rounds:
    """The rounds of one scene and seed."""
    record = Rounds(settings, scene.name, seed, today())
    with tempfile.TemporaryDirectory(prefix="weft-suggest-") as scratch:
        folder = Path(scratch)
        try:
            return replace(record, **results(scene, seed, options, folder))
        except Failure as reason:
            return replace(record, error=str(reason))


def results(scene: Scene, seed: int, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """IoU and F1 of the three results."""
    backbone = on_backbone(TRUNK, options.trunk) if options.trunk else []
    weights = ["--backbone-weights", str(options.trunk)] if options.trunk else []
    shared = ["--seed", str(seed), "--device", options.device]
    first = folder / "first.gpkg"
    learned = ["--labels", scene.labels(seed), "--areas", scene.areas(seed)]
    weft(
        *("run", *scene.images, *learned, *backbone, *shared),
        *("--budget", str(options.budget), "--out", str(first)),
    )
    model = folder / "first_weft" / "first.weft"
    found = folder / "next.gpkg"
    weft(
        *("suggest", str(model), *scene.images, *weights, *shared),
        *("--count", str(COUNT), "--out", str(found)),
    )
    windows = {
        "suggested": gpd.read_file(found).geometry,
        "random": random_windows(scene, seed),
    }
    barred = folder / "barred.gpkg"
    areas = read_source(scene.areas(seed)).geometry
    pd.concat([areas, *windows.values()]).to_file(barred, layer="areas")
    polygons = {"first": first}
    for name, drawn in windows.items():
        polygons[name] = folder / f"{name}.gpkg"
        train = label(scene, seed, drawn, folder / f"train_{name}.gpkg")
        weft(
            *("run", *scene.images, *backbone, *shared, "--start", str(model)),
            *("--labels", f"{train}|layername=labels", "--areas", f"{train}|layername=areas"),
            *("--budget", str(AGAIN_S), "--out", str(polygons[name])),
        )
    return {name: score(scene, path, barred) for name, path in polygons.items()}


def score(scene: Scene, polygons: Path, barred: Path) -> tuple[float, float]:
    """IoU and F1 outside of `barred`."""
    told = weft(
        *("evaluate", str(polygons), "--truth", scene.truth, "--json"),
        *("--exclude", f"{barred}|layername=areas", "--images", *scene.images),
    )
    figures = json.loads(told)
    return figures["mean_iou"], figures["mean_f1"]


def weft(*arguments: str) -> str:
    """What a command prints; Failure when it does not work."""
    result = measure([sys.executable, "-m", "weft", *arguments])
    if result.status != 0:
        raise Failure(f"weft {arguments[0]}: {result.last_words}")
    return result.output


def report(records: list[Rounds]) -> str:
    """Header, means over seeds, and on how many scenes suggested windows won."""
    done = [each for each in records if each.error is None]
    if not done:
        return "No runs yet."
    settings = done[0].settings
    rows, won = [], 0
    scenes = in_order(sorted(each.scene for each in done))
    for scene in scenes:
        here = [each for each in done if each.scene == scene]
        means = [
            [mean_of(rounds[i] for rounds in column if rounds) for i in (0, 1)]
            for column in zip(*((r.first, r.suggested, r.random) for r in here), strict=True)
        ]
        won += (means[1][0] or 0) > (means[2][0] or 0)
        cells = [figure(value, 3) for pair in zip(*means, strict=True) for value in pair]
        rows.append([scene, str(len(here)), *cells])
    columns = ["scene", "seeds", "IoU before", "suggested", "random"]
    columns += ["F1 before", "F1 suggested", "F1 random"]
    return "\n\n".join(
        [
            f"{COUNT} windows of 256 pixels labelled after a training of {settings.budget_s:g} s "
            f"on {settings.backbone or EMBEDDED}, then {AGAIN_S:g} s more from the model. All "
            "scored outside the areas and both sets of windows; means over seeds and classes.",
            f"Machine: {settings.machine}. Measured {days(done)}, code `{settings.code}`.",
            table(columns, rows),
            f"Suggested windows gave the higher IoU on {won} of {len(scenes)} scenes.",
        ]
    )


if __name__ == "__main__":
    main()
