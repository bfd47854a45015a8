# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and images in, a model file out."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import torch

import weft
from weft.adapters.registry import DEFAULT_ADAPTER, AdapterSpec, find_adapter
from weft.backbones.registry import DEFAULT_BACKBONE
from weft.backbones.weights import LoadedBackbone, load_backbone
from weft.bundle import ModelCard, ModelClass, TrainingFigures
from weft.device import Device, choose_device
from weft.errors import Cancelled, LabelError, RasterError, RequestError
from weft.labels.burn import count_overlaps
from weft.labels.check import check_trainable
from weft.labels.place import place_labels
from weft.labels.read import BACKGROUND, DEFAULT_FIELD, Labels, read_areas, read_labels
from weft.labels.source import LabelSource
from weft.model import MOST_SCALE, describe_bands, ground_sampling, save_model, scale_between
from weft.network import Network
from weft.outputs import check_apart, check_file
from weft.polygons.measure import area_m2
from weft.progress import Context
from weft.raster.inspect import RasterInfo, default_bands, inspect
from weft.raster.stretch import fit_stretch
from weft.training.fit import FitResult, FitSettings, Trainer
from weft.training.patches import PatchStore, Sources, count_known
from weft.training.regions import plan_regions
from weft.training.unlabelled import plan_elsewhere

MOST_SEED = 2**31 - 1
READING = "Reading the labelled areas"
COLOURS = ("#e41a1c", "#377eb8", "#4daf4a", "#984ea3", "#ff7f00", "#a65628", "#f781bf", "#999999")


@dataclass(frozen=True)
class TrainRequest:
    """What to learn from, and how. `budget_s` bounds the training loop alone, in seconds."""

    images: tuple[Path, ...]
    labels: LabelSource
    out: Path
    areas: LabelSource | None = None
    class_field: str = DEFAULT_FIELD
    backbone: str = DEFAULT_BACKBONE
    backbone_weights: str | None = None
    adapter: str = DEFAULT_ADAPTER
    bands: tuple[int, ...] | None = None
    gsd_m: float | None = None
    budget_s: float = 60.0
    steps: int | None = None
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True)
class TrainResult:
    """The model file and its card; `cancelled` when the user stopped early."""

    out: Path
    card: ModelCard
    cancelled: bool


def train(request: TrainRequest, context: Context) -> TrainResult:
    """Adapt a frozen backbone to the labels and save the model, also when cancelled meanwhile."""
    check_request(request)
    adapter = find_adapter(request.adapter)
    infos = [inspect(path) for path in request.images]
    bands = choose_bands(infos, request.bands, context)
    labels = read_labels(request.labels, request.class_field)
    areas = None if request.areas is None else read_areas(request.areas)
    grids = [info.grid for info in infos]
    for remark in check_trainable(labels, areas, grids, request.labels):
        context.note(remark)
    note_overlaps(labels, infos, context)
    gsd = choose_gsd(infos, request.gsd_m)
    scales = [choose_scale(info, gsd) for info in infos]
    backbone = load_backbone(request.backbone, request.backbone_weights)
    device = choose_device(request.device)
    context.progress(0, 1, READING, device=device.name)
    stretch = fit_stretch(infos, bands)
    sources = Sources(request.images, bands, stretch, labels, areas, labels.classes)
    regions = plan_regions(grids, labels, areas, scales)
    elsewhere = [] if areas is None else plan_elsewhere(infos, scales, request.seed)
    store = PatchStore(sources, [*regions, *elsewhere])
    read_ahead(store, context)
    check_pixels(store, labels, areas, request.labels)
    network = build_network(
        backbone, adapter, len(bands), len(labels.classes), device, request.seed
    )
    settings = FitSettings(request.budget_s, adapter.learning_rate, request.steps, request.seed)
    fit = Trainer(network, store, device, settings, context).run(regions, elsewhere)
    if fit.cancelled and not fit.steps:
        raise Cancelled
    if fit.held_out_iou is None:
        context.note(
            "There are too few areas to measure; label at least three to see how good it is."
        )
    card = describe_model(request, backbone, infos, labels, sources, gsd, fit)
    save_model(request.out, card, network)
    return TrainResult(request.out, card, fit.cancelled)


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
    if not 0 <= request.seed <= MOST_SEED:
        raise RequestError(
            f"The seed {request.seed} is out of range; give a whole number from 0 to {MOST_SEED}."
        )
    check_file(request.out, ".weft")
    sources = [source.path for source in (request.labels, request.areas) if source]
    check_apart([request.out], [*request.images, *sources])


def choose_bands(
    infos: Sequence[RasterInfo], wish: tuple[int, ...] | None, context: Context
) -> tuple[int, ...]:
    """The bands to use; RasterError when an image lacks one of them."""
    bands = wish or default_bands(infos[0])
    for info in infos:
        missing = [band for band in bands if band not in info.data_bands]
        if missing:
            raise RasterError(
                f"{info.path} has no band {missing[0]} but {describe_bands(info)}; choose others "
                "with --bands."
            )
    if wish is None and infos[0].bands > len(bands):
        chosen = ", ".join(map(str, bands))
        context.note(f"Using the bands {chosen} of {infos[0].bands}; choose others with --bands.")
    return bands


def choose_gsd(infos: Sequence[RasterInfo], wish: float | None) -> float | None:
    """The model's GSD in metres: the wish, or the median of the images; None where unknown."""
    if wish is not None:
        return wish
    known = [gsd for info in infos if (gsd := ground_sampling(info.grid)) is not None]
    return statistics.median_low(known) if known else None


def choose_scale(info: RasterInfo, gsd_m: float | None) -> float:
    """The image's GSD over the model's; RasterError when they are too far apart."""
    scale = scale_between(ground_sampling(info.grid), gsd_m)
    if scale is None:
        raise RasterError(
            f"{info.path} has pixels of {ground_sampling(info.grid):.3g} m, more than "
            f"{MOST_SCALE:g} times off the {gsd_m:.3g} m of the model; train on images of similar "
            "resolution, or choose another --gsd."
        )
    return scale


def note_overlaps(labels: Labels, infos: Sequence[RasterInfo], context: Context) -> None:
    """Tell how many labels overlap; the later one of the file wins."""
    pairs = sum(
        count_overlaps(place_labels(labels, info.grid), info.grid.transform) for info in infos
    )
    if pairs:
        context.note(f"Labels overlap in {pairs} places; the later one wins there.")


def read_ahead(store: PatchStore, context: Context) -> None:
    """Read every region once, which may take long, with progress; the store keeps what it can."""
    for number, region in enumerate(store.regions):
        context.check_cancelled()
        context.progress(number, len(store.regions), READING)
        store[region]


def check_pixels(
    store: PatchStore, labels: Labels, areas: gpd.GeoSeries | None, source: LabelSource
) -> None:
    """LabelError when no object or no background is left on valid pixels."""
    counts = count_known(store, store.regions, len(labels.classes))
    if not counts[1:].any():
        raise LabelError(
            f"No label of {source} covers a valid pixel inside the areas; check that labels and "
            "areas lie where the image has data."
        )
    if not counts[0] and (areas is not None or len(labels.classes) == 1):
        raise LabelError(
            "Nothing in the areas is background; leave some unlabelled ground inside an area."
        )


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


def small_object(labels: Labels) -> float | None:
    """The tenth percentile of the areas of labelled objects in m²; None without polygons or CRS."""
    frame = labels.frame
    polygons = frame.geometry[(frame["class"] != BACKGROUND) & (frame.area > 0)]
    if frame.crs is None or polygons.empty:
        return None
    return round(float(np.percentile(area_m2(np.asarray(polygons.values), frame.crs), 10)), 3)


def describe_model(
    request: TrainRequest,
    backbone: LoadedBackbone,
    infos: Sequence[RasterInfo],
    labels: Labels,
    sources: Sources,
    gsd_m: float | None,
    fit: FitResult,
) -> ModelCard:
    """The card that travels with the model."""
    classes = tuple(
        ModelClass(name, COLOURS[index % len(COLOURS)]) for index, name in enumerate(labels.classes)
    )
    held_out = None
    if fit.held_out_iou is not None:
        held_out = tuple(None if math.isnan(iou) else round(iou, 4) for iou in fit.held_out_iou)
    figures = TrainingFigures(
        seconds=round(fit.seconds, 2),
        steps=fit.steps,
        seed=request.seed,
        loss=round(fit.loss, 5) if math.isfinite(fit.loss) else None,
        held_out_iou=held_out,
        areas=0 if sources.areas is None else len(sources.areas),
        labels=dict(Counter(labels.frame["class"])),
        images=tuple(path.name for path in request.images),
        small_object_m2=small_object(labels),
    )
    return ModelCard(
        backbone=backbone.spec.name,
        backbone_digest=backbone.digest,
        adapter=request.adapter,
        bands=sources.bands,
        dtype=infos[0].dtype,
        low=sources.stretch.low,
        high=sources.stretch.high,
        gsd_m=gsd_m,
        classes=classes,
        training=figures,
        licence_notes=(f"Backbone weights: {backbone.spec.licence}",),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        weft_version=weft.__version__,
    )
