# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training is asked for, and what of that cannot work."""

import math
from dataclasses import dataclass
from pathlib import Path

from weft.adapters.registry import find_adapter
from weft.backbones.registry import DEFAULT_BACKBONE
from weft.errors import RequestError
from weft.jobs.look import View
from weft.labels.read import DEFAULT_FIELD
from weft.labels.source import LabelSource
from weft.outputs import check_apart, check_file
from weft.training.schedule import DEFAULT_SCHEDULE, find_schedule

MOST_SEED = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class LearnRequest:
    """What to learn from, and how. `budget_s` bounds the training loop alone, in seconds.

    Without `adapter` it is one that suits the memory there is.
    """

    images: tuple[Path, ...]
    labels: LabelSource
    areas: LabelSource | None = None
    class_field: str = DEFAULT_FIELD
    backbone: str = DEFAULT_BACKBONE
    backbone_weights: str | None = None
    adapter: str | None = None
    schedule: str = DEFAULT_SCHEDULE
    bands: tuple[int, ...] | None = None
    gsd_m: float | None = None
    budget_s: float = 60.0
    steps: int | None = None
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, kw_only=True)
class TrainRequest(LearnRequest):
    """What to learn, and where the model goes.

    `start` is an earlier model to go on from, where it has the same backbone and adapter; its
    adapter, bands, stretch and GSD hold then, unless others are asked for. With `view`, the middle
    of it is predicted now and then while training runs.
    """

    out: Path
    start: Path | None = None
    view: View | None = None


def check_train(request: TrainRequest) -> None:
    """RequestError or OutputError for what cannot work, before anything is read."""
    check_learn(request)
    check_file(request.out, ".weft")
    sources = [source.path for source in (request.labels, request.areas) if source]
    check_apart([request.out], [*request.images, *sources])


def check_learn(request: LearnRequest) -> None:
    """RequestError for what cannot work, before anything is read."""
    if not request.images:
        raise RequestError("There is no image to train on; give at least one.")
    if not request.budget_s > 0:
        raise RequestError(
            f"A budget of {request.budget_s:g} seconds leaves no time to train; give some seconds, "
            "60 for example."
        )
    if math.isinf(request.budget_s):
        raise RequestError("Training needs an end; give a --budget in seconds, 60 for example.")
    if request.steps is not None and request.steps < 1:
        raise RequestError(
            f"{request.steps} steps teach nothing; give --steps 1 or more, or leave it out."
        )
    if request.gsd_m is not None and not 0 < request.gsd_m < math.inf:
        raise RequestError(f"A GSD of {request.gsd_m:g} m makes no sense; give metres above 0.")
    bands = request.bands or ()
    if len(set(bands)) < len(bands) or min(bands, default=1) < 1:
        raise RequestError(
            f"The bands {', '.join(map(str, bands))} cannot be used; name each once, counted from "
            "1, for example 3, 2, 1."
        )
    if request.adapter is not None:
        find_adapter(request.adapter)
    find_schedule(request.schedule)
    if not 0 <= request.seed <= MOST_SEED:
        raise RequestError(
            f"The seed {request.seed} is out of range; give a whole number from 0 to {MOST_SEED}."
        )
