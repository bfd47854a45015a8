# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon is there something to see? The first look of a first round, and of a second one.

    python benchmarks/soon.py --data SCENES [--trunk TRUNK.safetensors] [--scenes …] [--seeds …]

The engine's process starts cold and learns from one seed's areas, with a view of 1024 x 1024 pixels
in the middle of the first image. Measured are the seconds from the start of the process to the
polygons of the first look, and how good they are beside those of the finished training. Then three
more windows are labelled by the truth, and a second training goes on in the same process: the
seconds from the request to its first look. All is scored inside the view, outside the areas.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from fewshot_report import days, in_order, mean_of
from plays import play_all
from records import Settings
from rivals import EMBEDDED, TRUNK
from runs import today
from scenes import Scene, add_scene_options, parse_with_scenes
from served import Refused, Served
from tables import figure, table
from windows import COUNT, label, random_windows, read_source

from weft.grid import Window
from weft.jobs.evaluate import EvaluateRequest, evaluate
from weft.jobs.vectorise import VectoriseRequest, vectorise
from weft.labels.place import outline
from weft.labels.source import LabelSource, parse_source
from weft.progress import Context
from weft.raster.inspect import inspect

TITLE = "How soon there is something to see"
OWN_CODE = (
    *(f"benchmarks/{name}.py" for name in ("soon", "served", "windows")),
    "backend/weft/jobs/look.py",
)
SIDE = 1024
WEIGHTS = "backbone_weights"


@dataclass(frozen=True)
class Soon:
    """Seconds to the first polygons of each round, and IoU in the view, means over classes.

    `first_s` counts from the start of the process, `again_s` from the request. `first`, `whole` and
    `again` are the IoU of the first look, of the finished first round, and of the second round's
    first look.
    """

    settings: Settings
    scene: str
    seed: int
    date: str = ""
    first_s: float | None = None
    again_s: float | None = None
    first: float | None = None
    whole: float | None = None
    again: float | None = None
    error: str | None = None

    @property
    def key(self) -> Hashable:
        """Which run this is among those of equal settings."""
        return self.scene, self.seed

    @property
    def told(self) -> str:
        """One line for the terminal."""
        name = f"{self.scene}, seed {self.seed}"
        if self.error is not None:
            return f"{name}: {self.error}"
        return (
            f"{name}: IoU {self.first:.3f} after {self.first_s:.1f} s, {self.whole:.3f} in the "
            f"end; next round {self.again:.3f} after {self.again_s:.1f} s"
        )


@dataclass(frozen=True)
class Ground:
    """What is asked for and where: the scene's seed, the view, a folder, and what is not scored."""

    scene: Scene
    seed: int
    folder: Path
    view: gpd.GeoSeries
    barred: LabelSource


def main() -> None:
    """Run what is missing, and write the table anew after each run."""
    options = parse()
    play_all(TITLE, OWN_CODE, options, Soon, play, report)


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_scene_options(parser, required=True)
    parser.add_argument("--trunk", type=Path, help="weights of the reference trunk")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    return parse_with_scenes(parser)


def play(scene: Scene, seed: int, options: argparse.Namespace, settings: Settings) -> Soon:
    """Both rounds of one scene and seed."""
    record = Soon(settings, scene.name, seed, today())
    with tempfile.TemporaryDirectory(prefix="weft-soon-") as scratch:
        ground = prepare(scene, seed, Path(scratch))
        try:
            with Served() as engine:
                return replace(record, **rounds(engine, ground, options))
        except Refused as reason:
            return replace(record, error=str(reason))


def prepare(scene: Scene, seed: int, folder: Path) -> Ground:
    """The view in the middle of the first image; all but the view, and the areas, are barred."""
    grid = inspect(Path(scene.images[0])).grid
    width, height = min(SIDE, grid.width), min(SIDE, grid.height)
    window = Window((grid.width - width) // 2, (grid.height - height) // 2, width, height)
    box = outline(grid.window_transform(window), (height, width))
    view = gpd.GeoSeries([box], crs=grid.crs)
    far = box.buffer(1e3 * max(box.bounds[2] - box.bounds[0], box.bounds[3] - box.bounds[1]))
    outside = gpd.GeoSeries([far.difference(box)], crs=grid.crs)
    areas = read_source(scene.areas(seed)).geometry.to_crs(grid.crs)
    pd.concat([outside, areas]).to_file(folder / "barred.gpkg", layer="areas")
    return Ground(scene, seed, folder, view, LabelSource(folder / "barred.gpkg", "areas"))


class FirstLook:
    """Makes polygons of the first result that comes early, and remembers when they were there."""

    def __init__(self, out: Path, then: Callable[[], None] = lambda: None) -> None:
        self.out, self.then = out, then
        self.at: float | None = None

    def __call__(self, message: dict[str, Any]) -> None:
        """Take a message in; all but the first are passed over."""
        if self.at is None:
            polygons(message["params"]["partial"], self.out)
            self.at = time.monotonic()
            self.then()

    def after(self, start: float) -> float:
        """Seconds since `start`; Refused when there was no look."""
        if self.at is None:
            raise Refused("the engine showed nothing")
        return round(self.at - start, 2)


def rounds(engine: Served, ground: Ground, options: argparse.Namespace) -> dict[str, Any]:
    """The figures of a record."""
    scene, seed, folder = ground.scene, ground.seed, ground.folder
    request = shared(ground, options)
    first, model = FirstLook(folder / "first.gpkg"), str(folder / "first.weft")
    learned = sources(parse_source(scene.labels(seed)).path)
    engine.answer(engine.ask("train", request | learned | {"out": model}), first)
    predict = {key: request[key] for key in request.keys() & {"images", "device", WEIGHTS}}
    predict |= {"extent": request["view"]["extent"], "model": model, "out": str(folder / "whole")}
    whole = engine.answer(engine.ask("predict", predict))
    more = label(scene, seed, random_windows(scene, seed), folder / "more.gpkg")
    going_on = request | sources(more) | {"start": model, "out": str(folder / "next.weft")}
    asked = time.monotonic()
    number = engine.ask("train", going_on)
    again = FirstLook(folder / "again.gpkg", lambda: engine.cancel(number))
    engine.answer(number, again)
    return {
        "first_s": first.after(engine.started),
        "again_s": again.after(asked),
        "first": score(ground, first.out),
        "whole": score(ground, polygons(whole, folder / "whole.gpkg")),
        "again": score(ground, again.out),
    }


def shared(ground: Ground, options: argparse.Namespace) -> dict[str, Any]:
    """What both trainings are asked alike."""
    request = {
        "images": ground.scene.images,
        "seed": ground.seed,
        "device": options.device,
        "budget_s": options.budget,
        "view": {"extent": extent(ground.view), "out": str(ground.folder / "looks")},
    }
    if options.trunk:
        request |= {"backbone": TRUNK, WEIGHTS: str(options.trunk)}
    return request


def extent(view: gpd.GeoSeries) -> dict[str, str]:
    """The view as the protocol has it."""
    return {"wkt": view.iloc[0].wkt, "crs": view.crs.to_wkt()}


def sources(path: Path) -> dict[str, dict[str, str]]:
    """Labels and areas of a file as the protocol has them."""
    return {name: {"path": str(path), "layer": name} for name in ("labels", "areas")}


def polygons(result: dict[str, Any], out: Path) -> Path:
    """The polygons of what `predict` gave."""
    rasters = tuple(Path(image["classes"]) for image in result["images"])
    vectorise(VectoriseRequest(rasters, out, simplify_m=None), Context(out.parent))
    return out


def score(ground: Ground, found: Path) -> float:
    """IoU in the view, outside the areas; the mean over classes."""
    truth, images = parse_source(ground.scene.truth), (Path(ground.scene.images[0]),)
    request = EvaluateRequest(LabelSource(found), truth, images, ground.barred)
    return evaluate(request, Context(ground.folder)).mean_iou


def report(records: list[Soon]) -> str:
    """Header and means over seeds."""
    done = [each for each in records if each.error is None]
    if not done:
        return "No runs yet."
    settings = done[0].settings
    columns = ("first, s", "IoU", "IoU in the end", "next round, s", "IoU of it")
    rows = []
    for scene in [*in_order(sorted(each.scene for each in done)), "**all**"]:
        here = [each for each in done if scene in (each.scene, "**all**")]
        figures = [(r.first_s, r.first, r.whole, r.again_s, r.again) for r in here]
        means = map(mean_of, zip(*figures, strict=True))
        cells = [figure(value, 3 if i in (1, 2, 4) else 1) for i, value in enumerate(means)]
        rows.append([scene, str(len(here)), *cells])
    return "\n\n".join(
        [
            f"Polygons of the first look at a view of {SIDE} x {SIDE} pixels: seconds from the "
            f"start of the engine's process, in a training of {settings.budget_s:g} s on "
            f"{settings.backbone or EMBEDDED}. Then {COUNT} more windows are labelled, and the "
            "same process goes on: seconds from the request. Scored in the view, outside the "
            "areas; means over seeds and classes.",
            f"Machine: {settings.machine}. Measured {days(done)}, code `{settings.code}`.",
            table(["scene", "seeds", *columns], rows),
        ]
    )


if __name__ == "__main__":
    main()
