# SPDX-License-Identifier: GPL-3.0-or-later
"""What predicts in this process: the engine and the tiles that a request asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from weft.device import Device, choose_device
from weft.errors import RequestError
from weft.inference.engines import (
    CPU_PROVIDER,
    OnnxEngine,
    OutOfMemory,
    TorchEngine,
    name_in_torch,
)
from weft.inference.memory import fitting_tile, held
from weft.inference.onnx_export import NotExportable, export_onnx
from weft.inference.part import Part
from weft.inference.plan import Plan, Tiling, choose_tiling
from weft.inference.rows import KeptRows
from weft.inference.trial import TOLERANCE, TRIAL_PAYS_S, TRIAL_PAYS_TILES, hardest, noise, try_out
from weft.inference.tta import choose_ways, in_ways
from weft.jobs.memory import model_within_memory
from weft.jobs.predict_request import PredictRequest
from weft.jobs.predicted import rows_folder
from weft.jobs.predictors import LocalPredictor, plan_of
from weft.model import Model, image_scale
from weft.progress import Context
from weft.raster.inspect import RasterInfo

ENGINES = ("auto", "torch", "onnx")
GIGABYTE = 1e9


def prepare(
    request: PredictRequest, model: Model, parts: Mapping[RasterInfo, Part], context: Context
) -> LocalPredictor:
    """The engine that the request asks for, ready to run; it sees each tile as often as asked."""
    once = seeing_once(request, model, parts, context)
    plans = [plan_of(once, info, part) for info, part in parts.items()]
    return replace(once, engine=in_ways(once.engine, choose_ways(request.tta, plans)))


def seeing_once(
    request: PredictRequest, model: Model, parts: Mapping[RasterInfo, Part], context: Context
) -> LocalPredictor:
    """The engine that the request asks for; of `auto`, the one that began, or else the fastest."""
    tiling = tiling_of(request, model)
    device = as_it_began(choose_device(request.device), kept_engine(request, parts))
    plans = [tiling.plan(part, image_scale(model.card, info)) for info, part in parts.items()]
    engine = began_with(request, parts)
    if engine == "onnx":
        return with_onnx(model, device, tiling, plans, context)
    with model_within_memory(device):
        in_torch = LocalPredictor(model, TorchEngine(model.network, device), tiling)
    if request.memory_gb is not None:
        in_torch.engine.lanes = 1
        return replace(in_torch, tiling=within(request.memory_gb, in_torch, parts))
    # what gains by a lower precision, onnxruntime does not outrun in float32
    lower = device.torch.type != "cpu" or device.precision is not torch.float32
    if engine == "torch" or lower or sum(plan.tiles for plan in plans) < TRIAL_PAYS_TILES:
        return in_torch
    return faster(in_torch, device, plans, context)


def began_with(request: PredictRequest, parts: Mapping[RasterInfo, Part]) -> str:
    """The engine asked for; instead of `auto` that of a prediction that was stopped, if there is
    one and it can go on as it began.
    """
    if request.engine != "auto" or request.memory_gb is not None:
        return request.engine
    name = kept_engine(request, parts)
    return next((engine for engine in ENGINES if name.startswith(engine)), "auto")


def kept_engine(request: PredictRequest, parts: Mapping[RasterInfo, Part]) -> str:
    """The name of the engine that a stopped prediction of the images had; empty if none was."""
    kept = (KeptRows(rows_folder(info.path, request.out)).identity for info in parts)
    return next((str(each["engine"]) for each in kept if "engine" in each), "")


def as_it_began(device: Device, name: str) -> Device:
    """The device in the precision in which an engine of that name computed, where it has it.

    Which one pays is measured, and where it gains little may come out otherwise the next time.
    """
    others = device.in_each_precision()
    return next((each for each in others if name.startswith(name_in_torch(each))), device)


def faster(
    in_torch: LocalPredictor, device: Device, plans: Sequence[Plan], context: Context
) -> LocalPredictor:
    """The same, or onnxruntime where the job is long, it is quicker, and computes the same."""
    batch = noise(len(in_torch.model.card.bands), hardest(plans).side, 1)
    first = try_out(in_torch.engine, batch)
    if first.seconds_for(plans) < TRIAL_PAYS_S:
        return in_torch
    try:
        in_onnx = with_onnx(in_torch.model, device, in_torch.tiling, plans, context)
        second = try_out(in_onnx.engine, batch)
    except (NotExportable, OutOfMemory):
        context.note("onnxruntime cannot compute this model here, so torch does.")
        return in_torch
    # Written the other way round, this would let NaN pass.
    if not first.difference(second) <= TOLERANCE or second.seconds >= first.seconds:
        return in_torch
    gain = first.seconds / second.seconds
    context.note(f"onnxruntime predicts, which is {gain:.1f} times as fast as torch here.")
    return in_onnx


def with_onnx(
    model: Model, device: Device, tiling: Tiling, plans: Sequence[Plan], context: Context
) -> LocalPredictor:
    """The network in onnxruntime; a file is made for tiles of one side."""
    side = hardest(plans).side
    context.progress(0, 1, "Exporting to ONNX")
    file = context.folder / f"{model.identity}-{side}.onnx"
    export_onnx(model, file, side)
    gpu = ["CUDAExecutionProvider"] if device.torch.type == "cuda" else []
    engine = OnnxEngine(file, [*gpu, CPU_PROVIDER])
    if gpu and engine.session.get_providers()[0] not in gpu:
        context.note(
            "onnxruntime cannot use the GPU here, and computes on the CPU; --engine torch uses it."
        )
    return LocalPredictor(model, engine, replace(tiling, side=side))


def within(gigabytes: float, predictor: LocalPredictor, parts: Mapping[RasterInfo, Part]) -> Tiling:
    """Tiles with which this process stays below so much memory."""
    card, tiling = predictor.model.card, predictor.tiling
    levels = len(card.classes) + 1

    def besides(side: int) -> int:
        cut = replace(tiling, side=side)
        plans = {info: cut.plan(part, image_scale(card, info)) for info, part in parts.items()}
        return max(held(info, plan, levels) for info, plan in plans.items())

    limit = int(gigabytes * GIGABYTE)
    most = fitting_tile(predictor.engine, len(card.bands), tiling, limit, besides)
    return replace(tiling, most=most)


def tiling_of(request: PredictRequest, model: Model) -> Tiling:
    """How images are cut; RequestError where engine or tiles cannot be had."""
    if request.engine not in ENGINES:
        raise RequestError(f"There is no engine {request.engine!r}; choose auto, torch or onnx.")
    if request.memory_gb is not None:
        check_memory(request)
    return choose_tiling(request.tile, request.overlap, model.network.multiple)


def check_memory(request: PredictRequest) -> None:
    """RequestError for a limit that makes no sense, or beside what it is to decide."""
    if not 0 < (request.memory_gb or 0) * GIGABYTE < np.inf:
        raise RequestError(
            f"--memory {request.memory_gb:g} makes no sense; give gigabytes above 0."
        )
    if request.tile is not None or request.engine == "onnx" or request.scheduler is not None:
        raise RequestError(
            "--memory chooses the tiles of torch in this process; leave it out, or leave out "
            "--tile, --engine onnx and --scheduler."
        )
