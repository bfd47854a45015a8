# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prediction will take, before it starts: tiles, seconds, memory and disk."""

from dataclasses import dataclass, replace

import numpy as np
import psutil

from weft.inference.trial import hardest, noise, try_out
from weft.jobs.engine_choice import RASTERS_MIB, prepare
from weft.jobs.predict_request import PredictRequest, choose_parts
from weft.jobs.predictors import plan_of
from weft.model import check_image, load_model
from weft.progress import Context

BESIDES = 1.15  # reading, blending and writing, as benchmarks/speed.py measures them
OVERVIEWS = 4 / 3


@dataclass(frozen=True)
class PlanResult:
    """`seconds` come from a tile timed just now; `disk_bytes` are before compression.

    `memory_bytes` is what the engine will take in all, its present memory included.
    """

    images: int
    megapixels: float
    tiles: int
    seconds: float
    memory_bytes: int
    disk_bytes: int
    device: str


def plan(request: PredictRequest, context: Context) -> PlanResult:
    """Time one batch and reckon; nothing is written. Errors as `predict` would raise them."""
    model = load_model(request.model, request.backbone_weights)
    parts = choose_parts(request.images, request.extent, context)
    for info in parts:
        check_image(model.card, info)
    # what onnxruntime would gain is not worth an export to know
    known = replace(request, engine="torch") if request.engine == "auto" else request
    predictor = prepare(known, model, parts, context)
    context.check_cancelled()
    plans = [plan_of(predictor, info, part) for info, part in parts.items()]
    batch = noise(len(model.card.bands), hardest(plans).side, predictor.engine.batch)
    seconds = try_out(predictor.engine, batch).seconds_for(plans)
    tiles = sum(each.tiles for each in plans)
    classes = len(model.card.classes)
    widest = max(each.columns.length * each.columns.overlap for each in plans)
    sums = np.float32().nbytes * (classes + 1) * widest
    pixels = sum(each.rows.length * each.columns.length for each in plans)
    return PlanResult(
        images=len(plans),
        megapixels=pixels / 1e6,
        tiles=tiles,
        seconds=seconds * BESIDES,
        memory_bytes=psutil.Process().memory_info().rss + sums + RASTERS_MIB * 2**20,
        # classes and interiors as rows; both rasters as drafts; the larger one in its last order
        disk_bytes=int(pixels * (classes + 1 + (2 * classes + 3) * OVERVIEWS)),
        device=predictor.engine.name,
    )
