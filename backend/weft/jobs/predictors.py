# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who compute the rows of a prediction: this process, or what else offers to."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from weft import __version__
from weft.file_states import file_states
from weft.inference.engines import Engine
from weft.inference.part import Part
from weft.inference.pipeline import predict_blocks
from weft.inference.plan import Plan, Tiling
from weft.inference.row_file import RowWriter
from weft.inference.rows import KeptRows, RowStore
from weft.jobs.predicted import outputs, quantise, rows_folder
from weft.model import Model, image_scale
from weft.progress import Context
from weft.raster.inspect import RasterInfo
from weft.raster.lines import remark_on_lines
from weft.raster.opening import files_of
from weft.raster.stretch import Stretch


@dataclass(frozen=True)
class SeenPart:
    """A part of an image, and the stretch by which a model sees that image."""

    info: RasterInfo
    part: Part
    stretch: Stretch


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

    def fill(self, seen: SeenPart, store: RowStore, context: Context) -> None:
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

    def fill(self, seen: SeenPart, store: RowStore, context: Context) -> None:
        """See `Predictor`."""
        plan = plan_of(self, seen.info, seen.part)
        ends = plan.rows.ends
        done = plan.rows_done(store.finished)
        name = seen.info.path.name
        if done:
            share = ends[done - 1] / plan.rows.length
            context.note(f"{name} was stopped at {share:.0%}, and goes on.")
        remark = remark_on_lines(seen.info, plan.rows.spans[0].size)
        if remark:
            context.note(remark)

        def on_tiles(count: int) -> None:
            context.check_cancelled()
            context.progress(count, plan.tiles, f"Predicting {name}", device=self.engine.name)

        self.keep_rows(seen, range(done, len(ends)), store.folder, on_tiles)

    def keep_rows(
        self, seen: SeenPart, tile_rows: range, folder: Path, on_tiles: Callable[[int], None]
    ) -> None:
        """Keep what each of these rows of tiles makes final in the folder of a store.

        `on_tiles` hears how many tiles of the plan are done, and may raise to stop.
        """
        card, plan = self.model.card, plan_of(self, seen.info, seen.part)
        source = seen.info.path, card.bands, seen.stretch
        bands = len(card.classes) + 1
        blocks = predict_blocks(*source, self.engine, plan, bands, on_tiles, tile_rows)
        with closing(blocks):
            for index in tile_rows:
                with RowWriter(folder, plan.top(index), plan.rows.ends[index]) as rows:
                    for block in islice(blocks, len(plan.columns.spans)):
                        rows.add(quantise(block.probabilities, block.valid))


def see(predictor: Predictor, info: RasterInfo, part: Part) -> SeenPart:
    """A part of an image as the model sees it; the tone of the image is measured here."""
    return SeenPart(info, part, predictor.model.stretch_of(info))


def plan_of(predictor: Predictor, info: RasterInfo, part: Part) -> Plan:
    """How a part of an image is cut into tiles."""
    return predictor.tiling.plan(part, image_scale(predictor.model.card, info))


def identity_of(predictor: Predictor, seen: SeenPart) -> dict[str, object] | None:
    """All that decides the pixels of a prediction; None where another would give others."""
    if not predictor.settled:
        return None
    part = seen.part
    plan = plan_of(predictor, seen.info, part)
    return {
        "version": __version__,
        "model": predictor.model.identity,
        "engine": predictor.engine_name,
        "tiles": [plan.side, plan.rows.overlap],
        "image": file_states(files_of(seen.info.path)),
        "header": header_of(seen.info),
        "stretch": [list(seen.stretch.low), list(seen.stretch.high)],
        "window": list(astuple(part.window)),
        "inside": None if part.inside is None else part.inside.wkb_hex,
    }


def header_of(info: RasterInfo) -> str:
    """What else decides how an image is read, wherever that is written."""
    grid = info.grid
    return str((tuple(grid.transform), str(grid.crs), info.nodata, info.photometric))


def tiles_left(predictor: Predictor, info: RasterInfo, part: Part, out: Path) -> int:
    """How many tiles of a part of an image a prediction into the folder `out` would predict."""
    plan = plan_of(predictor, info, part)
    kept = KeptRows(rows_folder(info.path, out))
    # a tone is only measured where something was kept
    known = kept.identity
    if not known or known != identity_of(predictor, see(predictor, info, part)):
        return plan.tiles
    if kept.made(outputs(info.path, out)):
        return 0
    rows = len(plan.rows.spans)
    wanted = range(plan.rows_done(kept.finished), rows)
    return len(plan.rows_needed(wanted)) * len(plan.columns.spans)
