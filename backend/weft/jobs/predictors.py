# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who compute the rows of a prediction: this process, or what else offers to."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np

from weft.device import choose_device
from weft.errors import RequestError
from weft.inference.engines import Engine, OnnxEngine, TorchEngine
from weft.inference.memory import fitting_tile
from weft.inference.onnx_export import export_onnx
from weft.inference.part import Part
from weft.inference.pipeline import predict_blocks
from weft.inference.plan import Plan, Tiling, choose_tiling
from weft.inference.row_file import RowWriter
from weft.inference.rows import RowStore
from weft.inference.tiles import choose_overlap, choose_tile
from weft.jobs.predict_request import PredictRequest
from weft.jobs.predicted import quantise
from weft.model import Model, image_scale
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect
from weft.raster.opening import CACHE_MIB

ENGINES = ("torch", "onnx")
RASTERS_MIB = CACHE_MIB + 128  # blocks in the cache; compression and overviews beside it


class Predictor(Protocol):
    """Fills stores with the rows of images; `engine_name` says how, and decides pixels too.

    A network that still learns is not `settled`: what it predicts fits no later prediction.
    """

    @property
    def model(self) -> Model:
        """What predicts."""

    @property
    def tiling(self) -> Tiling:
        """How it cuts images."""

    @property
    def engine_name(self) -> str:
        """For the user."""

    @property
    def settled(self) -> bool:
        """Whether it would predict the same again."""

    def fill(self, info: RasterInfo, part: Part, store: RowStore, context: Context) -> None:
        """Predict the rows of a part of an image that `store` lacks, and keep them there."""


@dataclass(frozen=True)
class LocalPredictor:
    """Predicts in this process, one row of tiles after the other."""

    model: Model
    engine: Engine
    tiling: Tiling
    settled: bool = True

    @property
    def engine_name(self) -> str:
        """See `Predictor`."""
        return self.engine.name

    def fill(self, info: RasterInfo, part: Part, store: RowStore, context: Context) -> None:
        """See `Predictor`."""
        plan = plan_of(self, info, part)
        ends = plan.rows.ends
        done = sum(end <= store.finished for end in ends)
        name = info.path.name
        if done:
            share = ends[done - 1] / plan.rows.length
            context.note(f"{name} was stopped at {share:.0%}, and goes on.")

        def on_tiles(count: int) -> None:
            context.check_cancelled()
            context.progress(count, plan.tiles, f"Predicting {name}", device=self.engine.name)

        keep_rows(self, info, plan, range(done, len(ends)), store.folder, on_tiles)


def keep_rows(
    predictor: LocalPredictor,
    info: RasterInfo,
    plan: Plan,
    tile_rows: range,
    folder: Path,
    on_tiles: Callable[[int], None],
) -> None:
    """Keep what each of these rows of tiles makes final in the folder of a store.

    `on_tiles` hears how many tiles of the plan are done, and may raise to stop.
    """
    model = predictor.model
    bands = len(model.card.classes) + 1
    source = info.path, model.card.bands, model.stretch
    blocks = predict_blocks(*source, predictor.engine, plan, bands, on_tiles, tile_rows)
    with closing(blocks):
        for index in tile_rows:
            with RowWriter(folder, plan.top(index), plan.rows.ends[index]) as rows:
                for block in islice(blocks, len(plan.columns.spans)):
                    rows.add(quantise(block.probabilities, block.valid))


def plan_of(predictor: Predictor, info: RasterInfo, part: Part) -> Plan:
    """How a part of an image is cut into tiles."""
    return predictor.tiling.plan(part, image_scale(predictor.model.card, info))


def prepare(request: PredictRequest, model: Model, context: Context) -> LocalPredictor:
    """The engine that the request asks for, ready to run."""
    tiling = tiling_of(request, model)
    device = choose_device(request.device)
    if request.engine == "torch":
        engine = TorchEngine(model.network, device)
        if request.memory_gb is not None:
            tiling = within(request.memory_gb, tiling, request, engine, model)
        return LocalPredictor(model, engine, tiling)
    # a file is made for tiles of one side
    tile = choose_tile(request.tile, model.network.multiple)
    context.progress(0, 1, "Exporting to ONNX")
    file = context.folder / f"{model.identity}-{tile}.onnx"
    export_onnx(model, file, tile)
    gpu = ["CUDAExecutionProvider"] if device.torch.type == "cuda" else []
    onnx = OnnxEngine(file, [*gpu, "CPUExecutionProvider"])
    tiling = choose_tiling(tile, request.overlap, model.network.multiple)
    return LocalPredictor(model, onnx, tiling)


def within(
    gigabytes: float, tiling: Tiling, request: PredictRequest, engine: Engine, model: Model
) -> Tiling:
    """Tiles with which this process stays below so much memory."""
    card = model.card
    levels = len(card.classes) + 1
    infos = [inspect(path) for path in request.images]

    def besides(side: int) -> int:
        # floating-point sums of what the next row of tiles changes, across the image
        held = np.float32().nbytes * choose_overlap(tiling.overlap, side)
        rows = max(int(levels * i.grid.width * held / image_scale(card, i)) for i in infos)
        return rows + RASTERS_MIB * 2**20

    limit = int(gigabytes * 1e9)
    return replace(tiling, most=fitting_tile(engine, len(card.bands), tiling, limit, besides))


def tiling_of(request: PredictRequest, model: Model) -> Tiling:
    """How images are cut; RequestError where engine or tiles cannot be had."""
    if request.engine not in ENGINES:
        raise RequestError(f"There is no engine {request.engine!r}; choose torch or onnx.")
    if request.memory_gb is not None:
        check_memory(request)
    return choose_tiling(request.tile, request.overlap, model.network.multiple)


def check_memory(request: PredictRequest) -> None:
    """RequestError for a limit that makes no sense, or beside what it is to decide."""
    if not 0 < (request.memory_gb or 0) < np.inf:
        raise RequestError(
            f"--memory {request.memory_gb:g} makes no sense; give gigabytes above 0."
        )
    if request.tile is not None or request.engine != "torch" or request.scheduler is not None:
        raise RequestError(
            "--memory chooses the tiles of torch in this process; leave it out, or leave out "
            "--tile, --engine onnx and --scheduler."
        )
