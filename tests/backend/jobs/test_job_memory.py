# SPDX-License-Identifier: GPL-3.0-or-later
"""A GPU whose memory others have taken: what is told, and that the installation still answers."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from weft.device import cpu
from weft.errors import RequestError
from weft.jobs import suggest as suggesting
from weft.jobs.engine_choice import prepare
from weft.jobs.info import prove
from weft.jobs.predict_request import PredictRequest
from weft.jobs.suggest import SuggestRequest, suggest
from weft.progress import Context

TOLD = "memory of the computer does not suffice for this model; close other programs"


class TooLarge(nn.Module):
    """A network that no memory takes."""

    multiple = 32

    def to(self, *args: object, **options: object) -> "TooLarge":
        raise torch.OutOfMemoryError("CUDA out of memory.")


MODEL = SimpleNamespace(network=TooLarge(), card=SimpleNamespace(bands=(1,), tone=None))


def test_a_model_that_does_not_fit_is_told_before_prediction(context: Context) -> None:
    request = PredictRequest(Path("a.weft"), (), context.folder, engine="torch", device="cpu")
    with pytest.raises(RequestError, match=TOLD):
        prepare(request, MODEL, {}, context)  # type: ignore[arg-type]


def test_a_model_that_does_not_fit_is_told_before_suggestions(
    write_raster, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = write_raster("field.tif", np.ones((1, 64, 64), np.uint8))
    monkeypatch.setattr(suggesting, "load_model", lambda *args: MODEL)
    monkeypatch.setattr(suggesting, "check_image", lambda *args: ())
    monkeypatch.setattr(suggesting, "find_places", lambda *args: ([], []))
    out = context.folder / "next.gpkg"
    with pytest.raises(RequestError, match=TOLD):
        suggest(SuggestRequest(Path("a.weft"), (image,), out, device="cpu"), context)
    assert not out.exists()


def test_a_device_without_free_memory_is_no_end_of_the_facts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert prove(cpu("test")).endswith("GFLOP/s")
    monkeypatch.setattr(nn.Conv2d, "to", TooLarge.to)
    assert prove(cpu("test")).startswith("none, the memory does not suffice")
