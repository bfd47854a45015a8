# SPDX-License-Identifier: GPL-3.0-or-later
"""The training of a run that was stopped later, which the same run does not repeat."""

import json
from dataclasses import asdict
from pathlib import Path

from weft import __version__
from weft.bundle import read_bundle
from weft.file_states import file_states
from weft.jobs.train import TrainResult
from weft.jobs.train_request import TrainRequest
from weft.outputs import write_whole
from weft.raster.opening import files_of


def remember(request: TrainRequest, memory: Path) -> None:
    """Note in the file `memory` that the model of this request is there."""
    write_whole(memory, _identity_of(request))


def recall(request: TrainRequest, memory: Path) -> TrainResult | None:
    """What training would give, where `memory` has the same request, files and model."""
    if not memory.exists() or memory.read_bytes() != _identity_of(request):
        return None
    return TrainResult(request.out, read_bundle(request.out)[0], cancelled=False)


def _identity_of(request: TrainRequest) -> bytes:
    """All that decides a training, and the model that came of it."""
    sources = [source.path for source in (request.labels, request.areas) if source]
    weights = [Path(request.backbone_weights)] if request.backbone_weights else []
    start = [request.start] if request.start else []
    images = [file for image in request.images for file in files_of(image)]
    files = file_states([*images, *sources, *weights, *start, request.out])
    facts = {"version": __version__, "request": asdict(request), "files": files}
    return json.dumps(facts, default=str).encode()
