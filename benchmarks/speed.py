# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how large `weft predict` is.

    python benchmarks/speed.py [--backbone NAME --backbone-weights FILE] [--engine torch|onnx]

Speed: megapixels a second of predicting an image from disk to disk, against the bare engine on the
same tiles already in memory, by turns in one process. Memory: by how much the peak of the command
`weft predict` grows with the size of the image. The model is trained for some seconds on the sample
scene, and the images are that scene, mirrored to size. Writes the figures to --out.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from bare import predict_bare
from machine import this_machine
from measured import Measured, measure
from mirror import write_mirrored
from tables import figure, table, write_section

from weft.grid import Window
from weft.inference.engines import Batch
from weft.inference.part import whole_image
from weft.inference.plan import Plan
from weft.jobs.engine_choice import prepare
from weft.jobs.predict import predict_parts
from weft.jobs.predict_request import PredictRequest
from weft.jobs.predictors import LocalPredictor, plan_of
from weft.jobs.sample import SampleRequest, SampleResult, sample
from weft.model import load_model
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect
from weft.raster.read import RasterReader

TITLE = "Speed and memory of prediction"


@dataclass(frozen=True)
class Rates:
    """Megapixels of the image a second, one figure a round."""

    predict: list[float]
    engine: list[float]

    @property
    def ratio(self) -> float:
        """Median speed of predict over that of the bare engine."""
        return statistics.median(self.predict) / statistics.median(self.engine)


def main() -> None:
    """Train, compare, measure, write."""
    options = parse()
    with tempfile.TemporaryDirectory(prefix="weft-speed-") as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        context = Context(folder)
        scene = sample(SampleRequest(folder / "sample"), context)
        model = train(scene, folder / "speed.weft", options)
        parts = [header(options)]
        parts.append(describe_rates(compare_speed(model, scene, folder, options), options))
        if not options.skip_memory:
            parts.append(describe_memory(compare_memory(model, scene, folder, options), options))
    write_section(options.out, TITLE, "\n\n".join(parts))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", help="default: the one that ships")
    parser.add_argument("--backbone-weights", metavar="FILE")
    parser.add_argument("--engine", choices=("torch", "onnx"), default="torch")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--tile", type=int, help="default: predict's own")
    parser.add_argument("--overlap", type=int, help="default: predict's own")
    parser.add_argument("--budget", type=float, default=5.0, help="seconds of training")
    parser.add_argument("--side", type=int, default=2048, help="image for the speed, in pixels")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sides", type=int, nargs=2, default=(2048, 8192), help="for the memory")
    parser.add_argument("--skip-memory", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    parser.add_argument("--work", type=Path, help="keep what is made here")
    return parser.parse_args()


def train(scene: SampleResult, out: Path, options: argparse.Namespace) -> Path:
    """A model of the sample scene, by the command line as a user would."""
    source = f"{scene.train}|layername="
    run_weft(
        *("train", *map(str, scene.images), "--labels", source + "labels"),
        *("--areas", source + "areas", "--out", str(out), "--budget", str(options.budget)),
        *(("--backbone", options.backbone) if options.backbone else ()),
        *("--device", options.device, *weights(options)),
    )
    return out


def weights(options: argparse.Namespace) -> list[str]:
    """The option that names the backbone's weights, where it was given."""
    return ["--backbone-weights", options.backbone_weights] if options.backbone_weights else []


def run_weft(*arguments: str) -> Measured:
    """Run `weft` in a process of its own; SystemExit with its words when it fails."""
    result = measure([sys.executable, "-m", "weft", *arguments])
    if result.status != 0:
        sys.exit(f"weft {arguments[0]} failed: {result.last_words}")
    return result


def compare_speed(
    model_path: Path, scene: SampleResult, folder: Path, options: argparse.Namespace
) -> Rates:
    """Predict an image and its tiles by turns, after one unmeasured turn of each."""
    image = folder / f"mirrored_{options.side}.tif"
    write_mirrored(scene.images[0], image, options.side)
    request = PredictRequest(
        model_path,
        (image,),
        folder / "predicted",
        engine=options.engine,
        tile=options.tile,
        overlap=options.overlap,
        tta=1,
        device=options.device,
        backbone_weights=options.backbone_weights,
    )
    context = Context(folder)
    model = load_model(model_path, options.backbone_weights)
    info = inspect(image)
    parts = {info: whole_image(info.grid)}
    predictor = prepare(request, model, parts, context)
    batches = read_batches(predictor, info)
    rates = Rates([], [])
    for number in range(options.rounds + 1):
        whole = rate(info, lambda: predict_parts(predictor, parts, request.out, context))
        bare = rate(info, lambda: predict_bare(predictor.engine, batches))
        print(f"round {number}: predict {whole:.3f} MP/s, engine {bare:.3f} MP/s", flush=True)
        if number > 0:
            rates.predict.append(whole)
            rates.engine.append(bare)
    return rates


def read_batches(predictor: LocalPredictor, info: RasterInfo) -> list[Batch]:
    """The tiles that predict would read, in batches as it would send them."""
    card = predictor.model.card
    plan = plan_of(predictor, info, whole_image(info.grid))
    with RasterReader(info.path, card.bands, predictor.model.stretch) as reader:
        rows = [[reader.read(w, (plan.side, plan.side)).pixels for w in row] for row in cut(plan)]
    size = predictor.engine.batch
    return [np.stack(row[i : i + size]) for row in rows for i in range(0, len(row), size)]


def cut(plan: Plan) -> list[list[Window]]:
    """The windows of all tiles, row by row."""
    return [
        [Window(across.start, down.start, across.size, down.size) for across in plan.columns.spans]
        for down in plan.rows.spans
    ]


def rate(info: RasterInfo, work: Callable[[], object]) -> float:
    """Megapixels of the image a second."""
    start = time.perf_counter()
    work()
    return info.grid.width * info.grid.height / 1e6 / (time.perf_counter() - start)


def compare_memory(
    model: Path, scene: SampleResult, folder: Path, options: argparse.Namespace
) -> dict[int, Measured]:
    """The command `weft predict` on images of different sides."""
    results = {}
    for side in options.sides:
        image = folder / f"mirrored_{side}.tif"
        write_mirrored(scene.images[0], image, side)
        results[side] = run_weft(
            *("predict", str(model), str(image), "--out", str(folder / f"memory_{side}")),
            *("--engine", options.engine, "--device", options.device, "--tta", "1"),
            *weights(options),
            *(("--tile", str(options.tile)) if options.tile else ()),
            *(("--overlap", str(options.overlap)) if options.overlap is not None else ()),
        )
        print(f"{side} x {side}: peak {results[side].peak_mib:.0f} MiB", flush=True)
    return results


def header(options: argparse.Namespace) -> str:
    """What was measured on what."""
    backbone = options.backbone or "embedded"
    given = (options.tile or "default", "default" if options.overlap is None else options.overlap)
    tiles = "predict's own" if set(given) == {"default"} else f"{given[0]} and {given[1]}"
    return (
        f"Model: {backbone} backbone, adapter `weft`, trained for {options.budget:g} s on the "
        f"sample scene. Engine: {options.engine} on {options.device}. Images: the sample scene, "
        f"mirrored to size; tiles and overlap are {tiles}.\n\n"
        f"Machine: {this_machine()}. Measured {datetime.now(UTC).date().isoformat()}."
    )


def describe_rates(rates: Rates, options: argparse.Namespace) -> str:
    """The speeds as a table."""
    rows = [
        [name, figure(statistics.median(values), 3), figure(min(values), 3), figure(max(values), 3)]
        for name, values in (
            ("predict, disk to disk", rates.predict),
            ("bare engine, tiles in memory", rates.engine),
        )
    ]
    columns = ["", "median, MP/s", "slowest", "fastest"]
    return (
        f"## Speed\n\nImage of {options.side} x {options.side} pixels, {len(rates.predict)} rounds "
        f"by turns.\n\n{table(columns, rows)}\n\n"
        f"**Predict runs at {100 * rates.ratio:.0f} % of the bare engine's speed.**"
    )


def describe_memory(results: dict[int, Measured], options: argparse.Namespace) -> str:
    """The peaks as a table."""
    small, large = (results[side].peak_mib for side in options.sides)
    rows = [
        [f"{side} x {side}", figure(result.peak_mib), figure(result.seconds)]
        for side, result in results.items()
    ]
    columns = ["image", "peak memory, MiB", "seconds"]
    return (
        f"## Memory\n\nThe whole command `weft predict`, a process for each image.\n\n"
        f"{table(columns, rows)}\n\n**Growth: {large - small:.0f} MiB.**"
    )


if __name__ == "__main__":
    main()
