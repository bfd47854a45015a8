# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and images in, a model file out."""

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from weft.adapters.registry import (
    DEFAULT_ADAPTER,
    AdapterSpec,
    default_adapter,
    find_adapter,
)
from weft.backbones.registry import DEFAULT_BACKBONE
from weft.backbones.weights import LoadedBackbone, load_backbone
from weft.bundle import ModelCard
from weft.device import Device, choose_device
from weft.errors import Cancelled, RequestError
from weft.jobs.card import describe_model
from weft.jobs.material import Wishes, check_pixels, read_ahead, read_material
from weft.jobs.start import Earlier, ground_of, ground_seen, read_earlier, start_from
from weft.labels.read import DEFAULT_FIELD
from weft.labels.source import LabelSource
from weft.model import save_model
from weft.network import Network
from weft.outputs import check_apart, check_file
from weft.progress import Context
from weft.training.fit import FitResult, FitSettings, Start, Trainer
from weft.training.heldout import LEAST_AREAS
from weft.training.patches import PatchStore
from weft.training.schedule import DEFAULT_SCHEDULE, find_schedule
from weft.training.unlabelled import plan_elsewhere

MOST_SEED = 2**31 - 1
CHECKPOINT = "checkpoint.weft"


@dataclass(frozen=True)
class TrainRequest:
    """What to learn from, and how. `budget_s` bounds the training loop alone, in seconds.

    `start` is an earlier model to go on from, where it has the same backbone and adapter; its
    bands, stretch and GSD hold then, unless others are asked for. Without `adapter` it is that of
    the earlier model, or one that suits the memory there is.
    """

    images: tuple[Path, ...]
    labels: LabelSource
    out: Path
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
    start: Path | None = None


@dataclass(frozen=True)
class TrainResult:
    """The model file and its card; `cancelled` when the user stopped early."""

    out: Path
    card: ModelCard
    cancelled: bool


def train(request: TrainRequest, context: Context) -> TrainResult:
    """Adapt a frozen backbone to the labels and save the model, also when cancelled meanwhile.

    Until then the best state so far is in the job's folder, as CHECKPOINT.
    """
    check_request(request)
    schedule, device = find_schedule(request.schedule), choose_device(request.device)
    backbone = load_backbone(request.backbone, request.backbone_weights)
    earlier, wishes = None, Wishes(request.bands, request.gsd_m, None)
    if request.start is not None:
        earlier = read_earlier(
            request.start, backbone.digest, request.adapter, request.bands, context
        )
    if earlier is not None:
        card = earlier.card
        wishes = Wishes(card.bands, request.gsd_m or card.gsd_m, earlier.stretch)
    adapter = choose_adapter(request.adapter, earlier, device, context)
    material = read_material(
        request.images, request.labels, request.areas, request.class_field, wishes, context
    )
    sources, regions, elsewhere = material.sources, material.regions, []
    # before the pixels, which may take long to read, what does not go together is told
    network = build_network(
        backbone, adapter, len(sources.bands), len(sources.classes), device, request.seed
    )
    check_schedule(network, request.schedule, adapter.name)
    if sources.areas is not None:
        elsewhere = plan_elsewhere(material.infos, material.scales, request.seed)
    store = PatchStore(sources, [*regions, *elsewhere])
    read_ahead(store, context)
    check_pixels(store, sources.labels, sources.areas, request.labels)
    ground = ground_of(regions, [info.grid for info in material.infos], sources.areas)
    describe = partial(
        describe_model, backbone, adapter.name, request.schedule, request.seed, material
    )

    def keep(so_far: FitResult) -> None:
        seen = ground_seen(ground, so_far.held_out_area, earlier)
        save_model(context.folder / CHECKPOINT, describe(so_far, seen), network)

    settings = FitSettings(
        request.budget_s,
        adapter.learning_rate,
        request.steps,
        request.seed,
        adapter.upstream_rate,
        adapter.upstream_every,
        schedule,
    )
    start = None if earlier is None else start_from(earlier, sources.classes, ground)
    trainer = Trainer(network, store, device, settings, context, start, keep)
    fit = trainer.run(regions, elsewhere)
    if fit.cancelled and not fit.steps:
        raise Cancelled
    if fit.held_out_iou is None:
        context.note(why_not_measured(start, len(ground)))
    card = describe(fit, ground_seen(ground, fit.held_out_area, earlier))
    save_model(request.out, card, network, trainer.unspoilt)
    return TrainResult(request.out, card, fit.cancelled)


def choose_adapter(
    wish: str | None, earlier: Earlier | None, device: Device, context: Context
) -> AdapterSpec:
    """The adapter asked for, else that of the earlier model, else one that suits the memory."""
    known = wish or (earlier.card.adapter if earlier else None)
    if known is not None:
        return find_adapter(known)
    name = default_adapter(device.free_bytes())
    if name != DEFAULT_ADAPTER:
        context.note(
            f"Little memory is free, so the adapter is {name}, which needs less than "
            f"{DEFAULT_ADAPTER}; choose another with --adapter."
        )
    return find_adapter(name)


def check_request(request: TrainRequest) -> None:
    """RequestError or OutputError for what cannot work, before anything is read."""
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
    if request.adapter is not None:
        find_adapter(request.adapter)
    if not 0 <= request.seed <= MOST_SEED:
        raise RequestError(
            f"The seed {request.seed} is out of range; give a whole number from 0 to {MOST_SEED}."
        )
    check_file(request.out, ".weft")
    sources = [source.path for source in (request.labels, request.areas) if source]
    check_apart([request.out], [*request.images, *sources])


def build_network(
    backbone: LoadedBackbone,
    adapter: AdapterSpec,
    bands: int,
    classes: int,
    device: Device,
    seed: int,
) -> Network:
    """The network with fresh adapter and head, drawn from the seed, on the device."""
    torch.manual_seed(seed)
    network = Network(backbone.network, adapter, bands, classes).to(device.torch)
    return network.to(memory_format=torch.channels_last)


def check_schedule(network: Network, schedule: str, adapter: str) -> None:
    """RequestError for a schedule that would have nothing to freeze."""
    if schedule != DEFAULT_SCHEDULE and network.adapter.cacheable:
        raise RequestError(
            f"The schedule {schedule} freezes what learns inside the backbone, and with the "
            f"adapter {adapter} nothing does; leave --schedule out, or choose another adapter, "
            "full for example."
        )


def why_not_measured(start: Start | None, areas: int) -> str:
    """Why there is no held-out figure, in a sentence that says what to do."""
    if start is not None and areas >= LEAST_AREAS:
        return (
            "The earlier model has learned from all areas, so none is left to measure on; label "
            "one more, or start afresh."
        )
    return "There are too few areas to measure; label at least three to see how good it is."
