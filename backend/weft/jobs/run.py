# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job: train on the labels, predict all images, write polygons."""

from dataclasses import dataclass, replace
from pathlib import Path

from weft.errors import RasterError
from weft.inference.plan import choose_tiling
from weft.jobs.predict import PredictResult, predict
from weft.jobs.predict_request import PredictRequest, check_names
from weft.jobs.train import TrainResult, train
from weft.jobs.train_request import TrainRequest
from weft.jobs.trained import recall, remember
from weft.jobs.vectorise import VectoriseRequest, VectoriseResult, check_limits, vectorise
from weft.network import COARSEST_LEVEL
from weft.outputs import check_apart, made_folder
from weft.polygons.formats import check_output
from weft.polygons.prediction import measured_gsd
from weft.progress import Context
from weft.raster.inspect import inspect


@dataclass(frozen=True)
class RunRequest:
    """The three steps; the folder `predict.out` keeps rasters and, by `train.out`, the model.

    The rasters of `vectors` are filled in by the job. With `vectors.simplify_m` None, outlines are
    simplified by one pixel.
    """

    train: TrainRequest
    predict: PredictRequest
    vectors: VectoriseRequest


@dataclass(frozen=True)
class RunResult:
    """The results of the three steps."""

    train: TrainResult
    predict: PredictResult
    vectors: VectoriseResult


def run(request: RunRequest, context: Context) -> RunResult:
    """Train, predict, vectorise; what is finished stays when a later step fails or is cancelled.

    The same request, asked again, then goes on from there.
    """
    check_request(request)
    model, folder = request.train.out, request.predict.out
    memory = folder / f".{model.stem}_trained.json"
    with made_folder(folder):
        trained = recall(request.train, memory)
        if trained is None:
            trained = train(request.train, context)
            context.check_cancelled()
            remember(request.train, memory)
        else:
            context.note(f"{model.name} was trained before the run was stopped, and is used again.")
        predicted = predict(request.predict, context)
    rasters = tuple(image.classes for image in predicted.images)
    vectors = vectorise(replace(request.vectors, rasters=rasters), context)
    memory.unlink(missing_ok=True)
    return RunResult(trained, predicted, vectors)


def check_request(request: RunRequest) -> None:
    """What the later steps would only find out after minutes of training."""
    check_output(request.vectors.out)
    check_limits(request.vectors)
    check_names(request.predict.images, request.predict.out)
    sources = [source.path for source in (request.train.labels, request.train.areas) if source]
    check_apart([request.vectors.out], [*sources, *request.predict.images])
    # Every network takes multiples of this, some only larger ones.
    choose_tiling(request.predict.tile, request.predict.overlap, COARSEST_LEVEL)
    for path in request.predict.images:
        grid = inspect(path).grid
        if grid.crs is None:
            raise RasterError(
                f"{path} has no CRS, so polygons of it would have no place; assign one with "
                "'Assign projection' in QGIS."
            )
        measured_gsd(path, grid)


def results_folder(out: Path) -> Path:
    """Where model and rasters of a run are kept: beside the polygons, named after them."""
    return out.with_name(f"{out.stem}_weft")
