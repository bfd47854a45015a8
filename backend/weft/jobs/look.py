# SPDX-License-Identifier: GPL-3.0-or-later
"""The map while a training runs: what the network knows so far, in the middle of a view."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from weft.bundle import ModelCard
from weft.device import Device
from weft.errors import WeftError
from weft.grid import Window
from weft.inference.engines import TorchEngine
from weft.inference.part import Extent, Part, place_extent
from weft.inference.plan import Tiling
from weft.jobs.predict import predict_parts
from weft.jobs.predict_request import check_names
from weft.jobs.predictors import LocalPredictor
from weft.model import Model, image_scale
from weft.network import Network
from weft.progress import Context
from weft.raster.inspect import RasterInfo

MOST_PIXELS = 1024**2  # of the model's GSD; training waits for them a second or two on two cores
UNFINISHED = "in training"


@dataclass(frozen=True)
class View:
    """Ground before the user's eyes; rasters of each look go into a new folder in `out`."""

    extent: Extent
    out: Path


class Looks:
    """Predicts the middle of a view with a network that still learns, and hands on the rasters.

    No reason not to train on: what is wrong with the view is noted, and there are no more looks.
    """

    def __init__(
        self,
        view: View,
        infos: Sequence[RasterInfo],
        network: Network,
        device: Device,
        context: Context,
    ) -> None:
        self.view, self.infos, self.context = view, infos, context
        self.network, self.device = network, device
        self.taken = 0
        self.over = False

    def take(self, card: ModelCard) -> None:
        """One look, which the context hears of as a `PredictResult`; nothing outside the images."""
        if self.over:
            return
        try:
            parts = middle_of(self.view.extent, self.infos, card)
            if parts:
                self.taken += 1
                folder = self.view.out / f"look-{self.taken}"
                check_names([info.path for info in parts], folder)
                # training is the stage that the user sees
                silent = replace(self.context, report=lambda progress: None)
                self.context.partial(predict_parts(self._predictor(card), parts, folder, silent))
        except WeftError as reason:
            self.over = True
            self.context.note(f"The view cannot be shown while it trains: {reason}")

    def _predictor(self, card: ModelCard) -> LocalPredictor:
        engine = TorchEngine(self.network, self.device)
        model = Model(UNFINISHED, card, self.network)
        return LocalPredictor(model, engine, Tiling(self.network.multiple), settled=False)


def middle_of(
    extent: Extent, infos: Sequence[RasterInfo], card: ModelCard
) -> dict[RasterInfo, Part]:
    """The middle of what `extent` covers of the images, MOST_PIXELS of the model's GSD in all."""
    placed = {info: place_extent(extent, info.grid) for info in infos}
    parts = {info: part for info, part in placed.items() if part is not None}
    return {
        info: middle(part, MOST_PIXELS / len(parts) / image_scale(card, info) ** 2)
        for info, part in parts.items()
    }


def middle(part: Part, pixels: float) -> Part:
    """The middle of a part, of its shape, where it has more than so many pixels."""
    window = part.window
    share = math.sqrt(min(1.0, pixels / (window.width * window.height)))
    width, height = math.ceil(window.width * share), math.ceil(window.height * share)
    left = window.column + (window.width - width) // 2
    top = window.row + (window.height - height) // 2
    return replace(part, window=Window(left, top, width, height))
