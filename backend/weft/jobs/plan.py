# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prediction will take, before it starts: tiles, seconds, memory and disk."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import psutil

from weft.inference.memory import held
from weft.inference.part import Part
from weft.inference.trial import hardest, noise, try_out
from weft.jobs.engine_choice import began_with, prepare
from weft.jobs.predict_request import PredictRequest, check_names, choose_parts
from weft.jobs.predictors import plan_of, tiles_left
from weft.model import check_image, load_model
from weft.progress import Context
from weft.raster.inspect import RasterInfo

BESIDES = 1.15  # reading, blending and writing, as benchmarks/speed.py measures them
OVERVIEWS = 4 / 3


@dataclass(frozen=True)
class PlanResult:
    """Of all `tiles`, `tiles_left` are not kept from a prediction that was stopped.

    `seconds` are for those, by a tile timed just now; `disk_bytes` are for all, before compression.
    `memory_bytes` is what the engine will take in all, its present memory included.
    """

    images: int
    megapixels: float
    tiles: int
    tiles_left: int
    seconds: float
    memory_bytes: int
    disk_bytes: int
    device: str


def plan(request: PredictRequest, context: Context) -> PlanResult:
    """Time one batch and reckon; no result is written. Errors as `predict` would raise them."""
    check_names(request.images, request.out)
    model = load_model(request.model, request.backbone_weights)
    parts = choose_parts(request.images, request.extent, context)
    for info in parts:
        check_image(model.card, info)
    predictor = prepare(known_engine(request, parts), model, parts, context)
    context.check_cancelled()
    plans = [plan_of(predictor, info, part) for info, part in parts.items()]
    batch = noise(len(model.card.bands), hardest(plans).side, predictor.engine.batch)
    seconds = try_out(predictor.engine, batch).seconds_for(plans)
    left = [tiles_left(predictor, info, part, request.out) for info, part in parts.items()]
    efforts = [each.effort * few / each.tiles for each, few in zip(plans, left, strict=True)]
    share = sum(efforts) / sum(each.effort for each in plans)
    classes = len(model.card.classes)
    besides = max(held(*each, classes + 1) for each in zip(parts, plans, strict=True))
    pixels = sum(each.rows.length * each.columns.length for each in plans)
    return PlanResult(
        images=len(plans),
        megapixels=pixels / 1e6,
        tiles=sum(each.tiles for each in plans),
        tiles_left=sum(left),
        seconds=seconds * share * BESIDES,
        memory_bytes=psutil.Process().memory_info().rss + besides,
        # classes and interiors as rows; both rasters as drafts; the larger one in its last order
        disk_bytes=int(pixels * (classes + 1 + (2 * classes + 3) * OVERVIEWS)),
        device=predictor.engine.name,
    )


def known_engine(request: PredictRequest, parts: Mapping[RasterInfo, Part]) -> PredictRequest:
    """The same with the engine that a prediction began with, or torch, in place of `auto`."""
    engine = began_with(request, parts)
    # what onnxruntime would gain is not worth an export to know
    return replace(request, engine="torch" if engine == "auto" else engine)
