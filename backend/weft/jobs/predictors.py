# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who compute the rows of a prediction: this process, or what else offers to."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np

from weft.device import choose_device
from weft.errors import RequestError
from weft.inference.engines import Engine, OnnxEngine, TorchEngine
from weft.inference.onnx_export import export_onnx
from weft.inference.part import Part
from weft.inference.pipeline import Plan, plan_tiles, predict_blocks
from weft.inference.rows import RowStore
from weft.inference.tiles import choose_overlap, choose_tile
from weft.jobs.predict_request import PredictRequest
from weft.jobs.predicted import Levels, quantise
from weft.model import Model, image_scale
from weft.progress import Context
from weft.raster.inspect import RasterInfo

ENGINES = ("torch", "onnx")


class Predictor(Protocol):
    """Fills stores with the rows of images; `engine_name` says how, and decides pixels too.

    A network that still learns is not `settled`: what it predicts fits no later prediction.
    """

    @property
    def model(self) -> Model:
        """What predicts."""

    @property
    def tile(self) -> int:
        """The side of tiles, in pixels of the model's GSD."""

    @property
    def overlap(self) -> int:
        """What neighbours share, likewise."""

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
    tile: int
    overlap: int
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

        for row, levels in predict_rows(self, info, plan, range(done, len(ends)), on_tiles):
            store.write(row, levels)


def predict_rows(
    predictor: LocalPredictor,
    info: RasterInfo,
    plan: Plan,
    tile_rows: range,
    on_tiles: Callable[[int], None],
) -> Iterator[tuple[int, Levels]]:
    """The first row and the levels (K + 1, h, W) of what each of these rows of tiles makes final.

    `on_tiles` hears how many tiles of the plan are done, and may raise to stop.
    """
    model = predictor.model
    bands = len(model.card.classes) + 1
    blocks = predict_blocks(
        info.path,
        model.card.bands,
        model.stretch,
        predictor.engine,
        plan,
        bands,
        on_tiles,
        tile_rows,
    )
    with closing(blocks):
        for index in tile_rows:
            first = plan.top(index)
            shape = bands, plan.rows.ends[index] - first, plan.columns.length
            levels = np.empty(shape, np.uint8)
            for block in islice(blocks, len(plan.columns.spans)):
                height, width = block.valid.shape
                top, left = block.row - first, block.column
                rows, columns = slice(top, top + height), slice(left, left + width)
                levels[:, rows, columns] = quantise(block.probabilities, block.valid)
            yield first, levels


def plan_of(predictor: Predictor, info: RasterInfo, part: Part) -> Plan:
    """How a part of an image is cut into tiles."""
    scale = image_scale(predictor.model.card, info)
    return plan_tiles(part, scale, predictor.tile, predictor.overlap)


def prepare(request: PredictRequest, model: Model, context: Context) -> LocalPredictor:
    """The engine that the request asks for, ready to run."""
    tile, overlap = choose_tiles(request, model)
    device = choose_device(request.device)
    if request.engine == "torch":
        return LocalPredictor(model, TorchEngine(model.network, device), tile, overlap)
    context.progress(0, 1, "Exporting to ONNX")
    file = context.folder / f"{model.identity}-{tile}.onnx"
    export_onnx(model, file, tile)
    gpu = ["CUDAExecutionProvider"] if device.torch.type == "cuda" else []
    return LocalPredictor(model, OnnxEngine(file, [*gpu, "CPUExecutionProvider"]), tile, overlap)


def choose_tiles(request: PredictRequest, model: Model) -> tuple[int, int]:
    """Side and overlap of tiles; RequestError where engine or tiles cannot be had."""
    if request.engine not in ENGINES:
        raise RequestError(f"There is no engine {request.engine!r}; choose torch or onnx.")
    tile = choose_tile(request.tile, model.network.multiple)
    return tile, choose_overlap(request.overlap, tile)
