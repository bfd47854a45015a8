# SPDX-License-Identifier: GPL-3.0-or-later
"""A long prediction takes the engine that is faster here, if it computes the same."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_networks import small_model, write_image

from weft.device import cpu
from weft.errors import Cancelled
from weft.inference.engines import Batch, OnnxEngine, TorchEngine
from weft.inference.onnx_export import NotExportable
from weft.inference.part import Part, whole_image
from weft.inference.plan import Tiling
from weft.inference.trial import Trial, hardest, noise, try_out
from weft.jobs import engine_choice
from weft.jobs.engine_choice import faster, prepare, with_onnx
from weft.jobs.predict import predict_parts
from weft.jobs.predict_request import PredictRequest
from weft.jobs.predictors import LocalPredictor
from weft.model import Model
from weft.progress import Context
from weft.raster import inspect
from weft.raster.inspect import RasterInfo

DEVICE = cpu("test").in_full_precision()
TILING = Tiling(32, 64, 16)
Parts = Mapping[RasterInfo, Part]


@dataclass
class Late:
    """The network, but `seconds` later, and its probabilities off by `error`."""

    network: TorchEngine
    seconds: float = 0.0
    error: float = 0.0
    name: str = "torch, late"
    batch: int = 1
    lanes: int = 1
    tiles: list[int] = field(default_factory=list)

    def predict(self, pixels: Batch) -> Batch:
        time.sleep(self.seconds)
        self.tiles.append(len(pixels))
        return self.network.predict(pixels) + np.float32(self.error)


@pytest.fixture
def model() -> Model:
    return small_model("test_resnet", "linear")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    pixels = np.random.default_rng(0).integers(1, 200, (3, 210, 170)).astype(np.uint8)
    info = inspect(write_image(tmp_path / "town.tif", pixels))
    return {info: whole_image(info.grid)}


def choose(model: Model, parts: Parts, slow: Late, folder: Path, notes: list[str]) -> str:
    """The name of the engine that is taken in place of `slow`."""
    predictor = LocalPredictor(model, slow, TILING)
    plans = [TILING.plan(part, 1.0) for part in parts.values()]
    context = Context(folder, notify=notes.append)
    return faster(predictor, DEVICE, plans, context).engine.name


def late(model: Model, **change: float) -> Late:
    return Late(TorchEngine(model.network, DEVICE), **change)


@pytest.fixture
def long_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_choice, "TRIAL_PAYS_S", 0.0)


@pytest.mark.usefixtures("long_job")
def test_a_long_job_takes_the_faster_engine_and_says_so(
    model: Model, parts: Parts, tmp_path: Path
) -> None:
    notes: list[str] = []
    assert choose(model, parts, late(model, seconds=0.5), tmp_path, notes).startswith("onnx")
    assert len(notes) == 1 and "times as fast as torch" in notes[0]


@pytest.mark.usefixtures("long_job")
@pytest.mark.parametrize("error", [0.01, np.nan])
def test_an_engine_that_computes_something_else_is_not_taken(
    model: Model, parts: Parts, tmp_path: Path, error: float
) -> None:
    slow = late(model, seconds=0.5, error=error)
    assert choose(model, parts, slow, tmp_path, []) == slow.name


@pytest.mark.usefixtures("long_job")
def test_a_model_that_onnx_cannot_hold_is_told_without_names_of_code(
    model: Model, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(model: Model, path: Path, side: int) -> None:
        raise NotExportable("samvit", "ConversionError")

    monkeypatch.setattr(engine_choice, "export_onnx", refuse)
    notes: list[str] = []
    slow = late(model, seconds=0.5)
    assert choose(model, parts, slow, tmp_path, notes) == slow.name
    assert notes == ["onnxruntime cannot compute this model here, so torch does."]


def test_a_short_job_exports_nothing(model: Model, parts: Parts, tmp_path: Path) -> None:
    slow = late(model, seconds=0.05)
    folder = tmp_path / "job"
    folder.mkdir()
    assert choose(model, parts, slow, folder, []) == slow.name
    assert not list(folder.iterdir())


def test_the_precision_is_part_of_the_name_by_which_rows_are_kept(model: Model) -> None:
    lower = replace(DEVICE, precision=torch.bfloat16)
    assert TorchEngine(model.network, DEVICE).name == f"torch on {DEVICE.name}"
    assert TorchEngine(model.network, lower).name == f"torch in bfloat16 on {DEVICE.name}"


def test_what_was_stopped_goes_on_with_the_engine_it_began_with(
    model: Model, parts: Parts, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = PredictRequest(tmp_path / "a.weft", (), out, tile=64, tta=1, device="cpu")
    request = replace(asked, engine="onnx")
    context = Context(tmp_path)
    begun = prepare(request, model, parts, context)
    heard: list[object] = []
    impatient = Context(tmp_path, report=heard.append, is_cancelled=lambda: len(heard) > 6)
    with pytest.raises(Cancelled):
        predict_parts(begun, parts, out, impatient)
    assert list(out.glob(".town_weft/*.npy.gz"))
    assert isinstance(prepare(asked, model, parts, context).engine, OnnxEngine)
    elsewhere = replace(asked, out=tmp_path / "new")
    assert isinstance(prepare(elsewhere, model, parts, context).engine, TorchEngine)


@pytest.mark.parametrize("later", [torch.float32, torch.bfloat16])
def test_what_was_stopped_goes_on_in_the_precision_it_began_in(
    model: Model,
    parts: Parts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    later: torch.dtype,
) -> None:
    request = PredictRequest(tmp_path / "a.weft", (), tmp_path / "out", tile=64, device="cpu")
    first = torch.float32 if later is torch.bfloat16 else torch.bfloat16
    monkeypatch.setattr("weft.device.has_bfloat16", lambda: True)
    monkeypatch.setattr("weft.device.bfloat16_pays", lambda: first is torch.bfloat16)
    begun = prepare(request, model, parts, Context(tmp_path))
    heard: list[object] = []
    impatient = Context(tmp_path, report=heard.append, is_cancelled=lambda: len(heard) > 6)
    with pytest.raises(Cancelled):
        predict_parts(begun, parts, request.out, impatient)
    monkeypatch.setattr("weft.device.bfloat16_pays", lambda: later is torch.bfloat16)
    assert prepare(request, model, parts, Context(tmp_path)).engine.name == begun.engine.name
    elsewhere = replace(request, out=tmp_path / "new")
    assert prepare(elsewhere, model, parts, Context(tmp_path)).engine.name != begun.engine.name


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_onnxruntime_that_cannot_use_the_gpu_says_so(
    model: Model, parts: Parts, tmp_path: Path, kind: str
) -> None:
    notes: list[str] = []
    plans = [TILING.plan(part, 1.0) for part in parts.values()]
    context = Context(tmp_path, notify=notes.append)
    device = replace(DEVICE, torch=torch.device(kind))
    providers = with_onnx(model, device, TILING, plans, context).engine.session.get_providers()
    missing = kind == "cuda" and providers[0] != "CUDAExecutionProvider"
    assert len(notes) == missing
    assert all("onnxruntime cannot use the GPU here" in note for note in notes)


def test_seconds_are_those_of_all_tiles(model: Model, parts: Parts) -> None:
    plans = [TILING.plan(part, scale) for part in parts.values() for scale in (1.0, 0.5)]
    batch = noise(3, hardest(plans).side, 2)
    trial = try_out(late(model), batch)
    assert trial.probabilities.shape == (2, 4, 64, 64) and trial.seconds > 0
    tiles = sum(plan.tiles for plan in plans)
    assert Trial(trial.probabilities, 3.0).seconds_for(plans) == pytest.approx(1.5 * tiles)
