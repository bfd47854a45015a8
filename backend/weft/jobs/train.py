# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and images in, a model file out."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from weft.bundle import ModelCard
from weft.errors import Cancelled
from weft.jobs.held_out_objects import count_objects
from weft.jobs.look import Looks, View
from weft.jobs.memory import within_memory
from weft.jobs.prepare import Prepared, prepare
from weft.jobs.start import start_from
from weft.jobs.train_request import TrainRequest, check_train
from weft.model import save_model
from weft.progress import Context
from weft.training.fit import Company, FitResult, Start, Trainer
from weft.training.heldout import LEAST_AREAS
from weft.training.looks import look_times

CHECKPOINT = "checkpoint.weft"


@dataclass(frozen=True)
class TrainResult:
    """The model file and its card; `cancelled` when the user stopped early."""

    out: Path
    card: ModelCard
    cancelled: bool


def train(request: TrainRequest, context: Context) -> TrainResult:
    """Adapt a frozen backbone to the labels and save the model, also when cancelled meanwhile.

    Until then the best state so far is in the job's folder, as CHECKPOINT, and the context hears of
    each look at the view.
    """
    check_train(request)
    prepared = prepare(request, context, request.start)
    earlier, ground = prepared.earlier, prepared.ground
    start = None
    if earlier is not None:
        start = start_from(earlier, prepared.material.sources.classes, ground)
    trainer = make_trainer(prepared, start, request.view, context)
    with within_memory(prepared.device):
        fit = trainer.run(prepared.material.regions, prepared.elsewhere)
    if fit.cancelled and not fit.steps:
        raise Cancelled
    if fit.held_out_iou is None:
        context.note(why_not_measured(fit, start, len(ground)))
    card = prepared.describe(fit)
    save_model(request.out, card, prepared.network, trainer.unspoilt)
    return TrainResult(request.out, card, fit.cancelled)


def make_trainer(
    prepared: Prepared, start: Start | None, view: View | None, context: Context
) -> Trainer:
    """The trainer, with those who keep the best state, show the view and count objects."""
    network, material = prepared.network, prepared.material
    looks, settings = None, prepared.settings()
    if view is not None:
        looks = Looks(view, material.infos, network, prepared.device, context)
        settings = replace(settings, looks_s=look_times(settings.budget_s, start is not None))

    def keep(so_far: FitResult) -> None:
        save_model(context.folder / CHECKPOINT, prepared.describe(so_far), network)

    def show(so_far: FitResult) -> None:
        if looks is not None:
            looks.take(prepared.describe(so_far))

    count = partial(
        count_objects, network, prepared.store, prepared.device, len(material.sources.classes)
    )
    company = Company(keep, show, count)
    return Trainer(network, prepared.store, prepared.device, settings, context, start, company)


def why_not_measured(fit: FitResult, start: Start | None, areas: int) -> str:
    """Why there is no held-out figure, in a sentence that says what to do."""
    if fit.held_out_area is not None:
        return "Training was stopped before it was measured; give it longer to see how good it is."
    if start is not None and areas >= LEAST_AREAS:
        return (
            "The earlier model has learned from all areas, so none is left to measure on; label "
            "one more, start afresh, or measure all of them by cross-validation."
        )
    return (
        "There are too few areas to measure; label at least three, each class in two of them, to "
        "see how good it is."
    )
