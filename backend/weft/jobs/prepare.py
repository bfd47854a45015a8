# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a training needs: backbone, network, pixels and labels, read and checked."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import torch

from weft.adapters.registry import (
    DEFAULT_ADAPTER,
    AdapterSpec,
    default_adapter,
    find_adapter,
)
from weft.backbones.weights import LoadedBackbone, load_backbone
from weft.bundle import ModelCard
from weft.device import Device, choose_device
from weft.errors import RequestError
from weft.jobs.card import describe_model
from weft.jobs.material import (
    Material,
    Wishes,
    check_pixels,
    read_ahead,
    read_elsewhere,
    read_material,
)
from weft.jobs.memory import within_memory
from weft.jobs.start import Earlier, ground_of, ground_taught, read_earlier
from weft.jobs.train_request import LearnRequest
from weft.network import Network
from weft.progress import Context
from weft.training.fit import FitResult, FitSettings
from weft.training.patches import PatchStore
from weft.training.regions import Region
from weft.training.schedule import DEFAULT_SCHEDULE, find_schedule
from weft.training.unlabelled import plan_elsewhere


@dataclass(frozen=True)
class Prepared:
    """What a training works with.

    `elsewhere` are regions without labels; `ground` has the polygon of each area by its number.
    """

    request: LearnRequest
    device: Device
    backbone: LoadedBackbone
    adapter: AdapterSpec
    earlier: Earlier | None
    material: Material
    network: Network
    store: PatchStore
    elsewhere: list[Region]
    ground: gpd.GeoSeries

    def settings(self) -> FitSettings:
        """How long and how to train, as the request and the adapter say."""
        request, adapter = self.request, self.adapter
        return FitSettings(
            budget_s=request.budget_s,
            learning_rate=adapter.learning_rate,
            steps=request.steps,
            seed=request.seed,
            upstream_rate=adapter.upstream_rate,
            upstream_every=adapter.upstream_every,
            schedule=find_schedule(request.schedule),
        )

    def describe(self, fit: FitResult) -> ModelCard:
        """The card of the network as it is."""
        request = self.request
        before = self.earlier.ground if self.earlier else None
        taught = ground_taught(self.ground, fit.held_out_area, before)
        return describe_model(
            *(self.backbone, self.adapter.name, request.schedule, request.seed, self.material),
            *(fit, taught),
        )


def prepare(request: LearnRequest, context: Context, start: Path | None = None) -> Prepared:
    """Read and check it all; a user's mistake is told as early as it can be known.

    `start` is an earlier model to go on from.
    """
    device = choose_device(request.device)
    backbone = load_backbone(request.backbone, request.backbone_weights)
    earlier = find_earlier(start, request, backbone, context)
    adapter = choose_adapter(request.adapter, earlier, device, context)
    material = read_material(
        *(request.images, request.labels, request.areas, request.class_field),
        wishes_of(request, earlier),
        context,
    )
    sources, regions = material.sources, material.regions
    # before the pixels, which may take long to read, what does not go together is told
    network = build_network(
        backbone, adapter, len(sources.bands), len(sources.classes), device, request.seed
    )
    check_schedule(network, request.schedule, adapter.name)
    store = PatchStore(sources, regions)
    read_ahead(store, context)
    check_pixels(store, sources.labels, sources.areas, request.labels)
    elsewhere = []
    if sources.areas is not None:
        planned = plan_elsewhere(material.infos, material.scales, request.seed)
        elsewhere = read_elsewhere(store, planned, context)
    ground = ground_of(regions, [info.grid for info in material.infos], sources.areas)
    return Prepared(
        *(request, device, backbone, adapter, earlier, material, network, store, elsewhere, ground)
    )


def find_earlier(
    start: Path | None, request: LearnRequest, backbone: LoadedBackbone, context: Context
) -> Earlier | None:
    """The model to go on from, if there is one of the kind that is wished."""
    if start is None:
        return None
    return read_earlier(start, backbone.digest, request.adapter, request.bands, context)


def wishes_of(request: LearnRequest, earlier: Earlier | None) -> Wishes:
    """What the request asks for, else what holds from the earlier model."""
    if earlier is None:
        return Wishes(request.bands, request.gsd_m, None)
    return Wishes(
        earlier.card.bands, request.gsd_m or earlier.card.gsd_m, earlier.stretch, earlier.card.tone
    )


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
    network = Network(backbone.network, adapter, bands, classes)
    with within_memory(device):
        return network.to(device.torch).to(memory_format=torch.channels_last)


def check_schedule(network: Network, schedule: str, adapter: str) -> None:
    """RequestError for a schedule that would have nothing to freeze."""
    if schedule != DEFAULT_SCHEDULE and network.adapter.cacheable:
        raise RequestError(
            f"The schedule {schedule} freezes what learns inside the backbone, and with the "
            f"adapter {adapter} nothing does; choose another --schedule, or another adapter, full "
            "for example."
        )
