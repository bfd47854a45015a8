# SPDX-License-Identifier: GPL-3.0-or-later
"""One function a verb: options to request, job, outcome in words.

Jobs are imported when called, so that `weft --help` need not wait for torch.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from weft.cli.display import Display
from weft.cli.reports import duration

Options = dict[str, Any]

MOST_AREAS = 5  # listed as those that are found worst


def run(options: Options, display: Display) -> None:
    """`weft run`."""
    from weft.jobs.predict_request import PredictRequest
    from weft.jobs.run import RunRequest, results_folder
    from weft.jobs.run import run as job
    from weft.jobs.train_request import TrainRequest
    from weft.jobs.vectorise import VectoriseRequest

    out: Path = options["out"]
    folder = results_folder(out)
    model = folder / f"{out.stem}.weft"
    given = {**_given(options), "images": tuple(options["images"])}
    request = RunRequest(
        TrainRequest(**_pick(TrainRequest, given | {"out": model})),
        PredictRequest(**_pick(PredictRequest, given | {"model": model, "out": folder})),
        VectoriseRequest(**_pick(VectoriseRequest, {"simplify_m": None} | given | {"rasters": ()})),
    )
    result = job(request, display.context)
    _tell_model(result.train.card, display)
    _tell_polygons(result.vectors.counts, result.vectors.out, display)


def train(options: Options, display: Display) -> None:
    """`weft train`."""
    from weft.jobs.train import train as job
    from weft.jobs.train_request import TrainRequest

    result = job(TrainRequest(**_given(options)), display.context)
    if result.cancelled:
        display.note("Stopped early; the best model so far is kept.")
    _tell_model(result.card, display)
    display.say(f"{result.out} written.")


def validate(options: Options, display: Display) -> None:
    """`weft validate`."""
    from weft.jobs.train_request import LearnRequest
    from weft.jobs.validate import validate as job

    as_json = options.pop("json")
    result = job(LearnRequest(**_given(options)), display.context)
    if as_json:
        display.say(json.dumps(asdict(result), indent=1))
        return
    columns = ("class", "IoU", "from, to", "F1", "from, to", "true", "found", "right")
    rows = [
        (
            *(each.name, *_tell_estimate(each.iou), *_tell_estimate(each.f1)),
            *map(str, (each.objects_true, each.objects_found, each.hits)),
        )
        for each in result.classes
    ]
    display.table(columns, rows)
    display.say(
        f"Measured on {result.measured} of {result.areas} areas, each by a model that had not "
        f"learned from it; {result.trainings} training{'' if result.trainings == 1 else 's'}."
    )
    few = [each.name for each in result.classes if each.iou is None]
    if result.cancelled:
        display.note("Stopped early; the figures are of the areas measured so far.")
    elif few:
        display.note(
            f"There are too few areas to say how good it is at {', '.join(few)}; label each in at "
            "least three."
        )
    display.say("Where models and labels differ most:")
    display.table(
        ("area around", "IoU", "true", "found", "right"),
        [_tell_area(each, result.crs) for each in result.by_area[:MOST_AREAS]],
    )


def predict(options: Options, display: Display) -> None:
    """`weft predict`."""
    from weft.jobs.predict import predict as job
    from weft.jobs.predict_request import PredictRequest

    for image in job(PredictRequest(**_given(options)), display.context).images:
        display.say(f"{image.probability} and {image.classes} written.")


def plan(options: Options, display: Display) -> None:
    """`weft plan`."""
    from weft.jobs.plan import plan as job
    from weft.jobs.predict_request import PredictRequest

    as_json = options.pop("json")
    given: Options = {"out": Path(), **_given(options)}
    found = job(PredictRequest(**given), display.context)
    if as_json:
        display.say(json.dumps(asdict(found), indent=1))
        return
    left = "" if found.tiles_left == found.tiles else f", {found.tiles_left} of them left"
    display.say(
        f"{found.megapixels:.1f} megapixels in {found.images} image"
        f"{'' if found.images == 1 else 's'}, {found.tiles} tile"
        f"{'' if found.tiles == 1 else 's'}{left}: about "
        f"{duration(found.seconds)} with {found.device}. It takes {decimal(found.memory_bytes)} of "
        f"memory and at most {decimal(found.disk_bytes)} of disk."
    )


def vectorise(options: Options, display: Display) -> None:
    """`weft vectorise`."""
    from weft.jobs.vectorise import VectoriseRequest
    from weft.jobs.vectorise import vectorise as job

    result = job(VectoriseRequest(**_given(options)), display.context)
    _tell_polygons(result.counts, result.out, display)


def evaluate(options: Options, display: Display) -> None:
    """`weft evaluate`."""
    from weft.jobs.evaluate import EvaluateRequest
    from weft.jobs.evaluate import evaluate as job

    as_json = options.pop("json")
    result = job(EvaluateRequest(**_given(options)), display.context)
    if as_json:
        display.say(json.dumps(asdict(result), indent=1))
        return
    columns = ("class", "IoU", "precision", "recall", "F1", "true", "found")
    rows = [
        (
            name,
            *(f"{figure:.3f}" for figure in (s.iou, s.precision, s.recall, s.f1)),
            str(s.objects_true),
            str(s.objects_found),
        )
        for name, s in result.classes.items()
    ]
    display.table(columns, rows)


def suggest(options: Options, display: Display) -> None:
    """`weft suggest`."""
    from weft.jobs.suggest import SuggestRequest
    from weft.jobs.suggest import suggest as job
    from weft.suggestions.ranking import REASONS

    result = job(SuggestRequest(**_given(options)), display.context)
    rows = [
        (str(number), each.image.name, REASONS[each.reason])
        for number, each in enumerate(result.suggestions, 1)
    ]
    display.table(("label next", "image", "because"), rows)
    display.say(f"{result.out} written.")


def export(options: Options, display: Display) -> None:
    """`weft export`."""
    from weft.jobs.export import ExportRequest
    from weft.jobs.export import export as job

    result = job(ExportRequest(**_given(options)), display.context)
    display.say(f"{result.onnx} written; it differs from torch by at most {result.difference:.1e}.")


def sample(options: Options, display: Display) -> None:
    """`weft sample`."""
    from weft.jobs.sample import SampleRequest
    from weft.jobs.sample import sample as job

    result = job(SampleRequest(**_given(options)), display.context)
    display.say(
        f"{result.folder} holds {len(result.images)} images with {result.objects} objects; "
        f"{result.labels} of them are labelled in {result.areas} areas. See its README.txt."
    )


def serve(options: Options, display: Display) -> None:
    """`weft serve`."""
    from weft.server.serve import serve as job

    job()


def info(options: Options, display: Display) -> None:
    """`weft info`."""
    from weft.jobs.info import info as job

    facts = job()
    if options["json"]:
        display.say(json.dumps(facts, indent=1))
        return
    for key, value in facts.items():
        if isinstance(value, dict):
            display.table((key, ""), [(name, str(each)) for name, each in value.items()])
        else:
            display.say(f"{key}: {value}")


def _given(options: Options) -> Options:
    """What the user gave, lists as tuples."""
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in options.items()
        if value is not None
    }


def _pick(request: type, options: Options) -> Options:
    fields = request.__dataclass_fields__  # type: ignore[attr-defined]
    return {key: value for key, value in options.items() if key in fields}


def _tell_model(card: Any, display: Display) -> None:
    figures = card.training
    if figures.held_out_iou is None:
        measured = "not measured"
    else:
        pairs = zip(card.classes, figures.held_out_iou, strict=True)
        measured = "held-out IoU " + ", ".join(
            f"{each.name} {'unknown' if iou is None else f'{iou:.2f}'}" for each, iou in pairs
        )
    display.say(f"{figures.steps} steps in {figures.seconds:.0f} s; {measured}.")
    for each, objects in zip(card.classes, figures.held_out_objects or (), strict=False):
        display.say(
            f"On the held-out area: {objects.hits} of {objects.true} {each.name} found, "
            f"{objects.found - objects.hits} false (F1 {objects.f1_low:.2f} to "
            f"{objects.f1_high:.2f})."
        )


def _tell_estimate(figure: Any) -> tuple[str, str]:
    if figure is None:
        return "–", "–"
    return f"{figure.value:.2f}", f"{figure.low:.2f}, {figure.high:.2f}"


def _tell_area(each: Any, crs: str | None) -> tuple[str, ...]:
    import shapely
    from pyproj import CRS

    digits = 5 if crs and CRS.from_wkt(crs).is_geographic else 1
    centre = shapely.from_wkt(each.wkt).centroid
    iou = "–" if each.iou is None else f"{each.iou:.2f}"
    counts = map(str, (each.objects_true, each.objects_found, each.hits))
    return f"{centre.x:.{digits}f}, {centre.y:.{digits}f}", iou, *counts


def _tell_polygons(counts: dict[str, int], out: Path, display: Display) -> None:
    found = ", ".join(f"{count} {name}" for name, count in counts.items()) or "no objects"
    display.say(f"{out} written: {found}.")
