# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine alone: as many tiles as an image has, out of memory, and nothing read or written.

    python benchmarks/bare.py MODEL IMAGE [--engine torch|onnx] [--device cpu]

The first tiles of the image are read and predicted again and again. Loading and exporting count, as
they do for `weft predict`.
"""

import argparse
import tempfile
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from weft.cli.process import tune_process
from weft.inference.engines import Batch, Engine
from weft.inference.lanes import Lanes
from weft.inference.part import whole_image
from weft.inference.plan import Plan
from weft.jobs.engine_choice import prepare
from weft.jobs.predict_request import PredictRequest
from weft.jobs.predictors import LocalPredictor, plan_of
from weft.model import load_model
from weft.progress import Context
from weft.raster.inspect import inspect
from weft.raster.read import RasterReader

HELD = 8  # tiles in memory


def main() -> None:
    """Predict as many tiles as the image has."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("image", type=Path)
    parser.add_argument("--backbone-weights", metavar="FILE")
    parser.add_argument("--engine", choices=("torch", "onnx"), default="torch")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weft-bare-") as scratch:
        model = load_model(options.model, options.backbone_weights)
        request = PredictRequest(
            options.model,
            (options.image,),
            Path(scratch),
            engine=options.engine,
            tta=1,
            device=options.device,
        )
        info = inspect(options.image)
        parts = {info: whole_image(info.grid)}
        predictor = prepare(request, model, parts, Context(Path(scratch)))
        plan = plan_of(predictor, info, parts[info])
        batches = read_batches(predictor, options.image, plan)
        engine, count = predictor.engine, plan.tiles // predictor.engine.batch
        predict_bare(engine, islice(cycle(batches), count))


def predict_bare(engine: Engine, batches: Iterable[Batch]) -> None:
    """Predict tiles that are in memory, in as many lanes as the engine likes, and keep nothing."""
    with Lanes(engine.lanes) as lanes:
        lanes.map(lambda batch: len(engine.predict(batch)), batches)


def read_batches(predictor: LocalPredictor, image: Path, plan: Plan) -> list[Batch]:
    """The image's first tiles, in batches as predict would send them."""
    model, size = predictor.model, predictor.engine.batch
    windows = [plan.window(0, column) for column in range(len(plan.columns.spans))]
    with RasterReader(image, model.card.bands, model.stretch) as reader:
        tiles = [reader.read(window, (plan.side, plan.side)).pixels for window in windows[:HELD]]
    whole = [np.stack(tiles[i : i + size]) for i in range(0, len(tiles), size)]
    return [batch for batch in whole if len(batch) == size]


if __name__ == "__main__":
    tune_process()
    main()
