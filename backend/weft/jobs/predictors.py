# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who compute the rows of a prediction: this process, or what else offers to."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from weft.inference.engines import Engine
from weft.inference.part import Part
from weft.inference.pipeline import predict_blocks
from weft.inference.plan import Plan, Tiling
from weft.inference.row_file import RowWriter
from weft.inference.rows import RowStore
from weft.jobs.predicted import quantise
from weft.model import Model, image_scale
from weft.progress import Context
from weft.raster.inspect import RasterInfo


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
