# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training learns from: images, bands, stretch, GSD, labels and areas, read and checked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd

from weft.errors import LabelError, RasterError
from weft.jobs.resolution import choose_gsd, choose_scale
from weft.labels.burn import count_overlaps
from weft.labels.check import check_trainable
from weft.labels.place import place_labels, to_plane
from weft.labels.read import Labels, read_areas, read_labels
from weft.labels.source import LabelSource
from weft.model import describe_bands
from weft.progress import Context
from weft.raster.inspect import RasterInfo, default_bands, inspect
from weft.raster.stretch import Stretch, fit_stretch
from weft.raster.tone import tone_of
from weft.tone import Tone, middle
from weft.training.patches import PatchStore, Sources, count_known
from weft.training.regions import Region, plan_regions

READING = "Reading the labelled areas"


@dataclass(frozen=True)
class Wishes:
    """What was asked for, or holds from an earlier model; None lets the images decide.

    `tone` comes with the `stretch` of an earlier model, which may have none.
    """

    bands: tuple[int, ...] | None
    gsd_m: float | None
    stretch: Stretch | None
    tone: Tone | None = None


@dataclass(frozen=True)
class Material:
    """Everything to learn from; `gsd_m` is the model's GSD, None for images without a CRS.

    `scales[i]` is the GSD of image i over that of the model. `tone` is the middle of those of the
    images with labels, towards which predictions will see each image.
    """

    infos: tuple[RasterInfo, ...]
    sources: Sources
    regions: list[Region]
    scales: tuple[float, ...]
    gsd_m: float | None
    tone: Tone | None


def read_material(
    images: Sequence[Path],
    labels_from: LabelSource,
    areas_from: LabelSource | None,
    class_field: str,
    wishes: Wishes,
    context: Context,
) -> Material:
    """Read and check it all; RasterError or LabelError when there is nothing to learn from."""
    infos = tuple(inspect(path) for path in images)
    note_types(infos, context)
    bands = choose_bands(infos, wishes.bands, context)
    labels = read_labels(labels_from, class_field)
    areas = None if areas_from is None else read_areas(areas_from)
    grids = [info.grid for info in infos]
    for remark in check_trainable(labels, areas, grids, labels_from):
        context.note(remark)
    if len({grid.crs for grid in grids}) == 1:
        # brought there once, and not for each window anew
        labels = replace(labels, frame=to_plane(labels.frame, grids[0].crs))
        areas = None if areas is None else to_plane(areas, grids[0].crs)
    note_overlaps(labels, infos, context)
    gsd = wishes.gsd_m or choose_gsd(infos, labels, context)
    scales = tuple(choose_scale(info, gsd) for info in infos)
    context.progress(0, 1, READING)
    stretch = wishes.stretch or fit_stretch(infos, bands)
    regions = plan_regions(grids, labels, areas, scales)
    labelled = [infos[index] for index in sorted({region.image for region in regions})]
    tone = wishes.tone if wishes.stretch else common_tone(labelled, bands, stretch)
    sources = Sources(tuple(images), bands, stretch, labels, areas, labels.classes)
    return Material(infos, sources, regions, scales, gsd, tone)


def common_tone(
    infos: Sequence[RasterInfo], bands: tuple[int, ...], stretch: Stretch
) -> Tone | None:
    """The middle of the tones of some images; None where none has one."""
    tones = [tone for info in infos if (tone := tone_of(info, bands, stretch)) is not None]
    return middle(tones) if tones else None


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
        chosen = f"band{'' if len(bands) == 1 else 's'} {', '.join(map(str, bands))}"
        context.note(f"Using {chosen} of {infos[0].bands}; choose others with --bands.")
    return bands


def note_types(infos: Sequence[RasterInfo], context: Context) -> None:
    """Tell when images are of different data types, whose values seldom mean the same."""
    first = infos[0]
    other = next((info for info in infos if info.dtype != first.dtype), None)
    if other is not None:
        context.note(
            f"{first.path.name} is {first.dtype}, but {other.path.name} is {other.dtype}; all "
            "images are stretched alike, so results may be poor."
        )


def note_overlaps(labels: Labels, infos: Sequence[RasterInfo], context: Context) -> None:
    """Tell how many labels overlap; the later one of the file wins."""
    pairs = sum(
        count_overlaps(place_labels(labels, info.grid), info.grid.transform) for info in infos
    )
    if pairs:
        places = f"{pairs} place{'' if pairs == 1 else 's'}"
        context.note(f"Labels overlap in {places}; the later one wins there.")


def read_ahead(store: PatchStore, context: Context) -> None:
    """Read every region once, which may take long, with progress; the store keeps what it can."""
    for number, region in enumerate(store.regions):
        context.check_cancelled()
        context.progress(number, len(store.regions), READING)
        store[region]


def read_elsewhere(store: PatchStore, regions: Sequence[Region], context: Context) -> list[Region]:
    """Those of the regions without labels that have data; damaged ones are noted once.

    Damage far from all labels is no reason not to train.
    """
    whole, damages = [], []
    for number, region in enumerate(regions):
        context.check_cancelled()
        context.progress(number, len(regions), READING)
        try:
            patch = store[region]
        except RasterError as damage:
            damages.append(damage)
        else:
            # nodata alone is all 0, and finding nothing there would hide a flood elsewhere
            if patch.pixels.any():
                whole.append(region)
    if damages:
        context.note(f"{damages[0]} Training goes on without such ground.")
    return whole


def check_pixels(
    store: PatchStore, labels: Labels, areas: gpd.GeoSeries | None, source: LabelSource
) -> None:
    """LabelError when no object or no background is left on valid pixels."""
    counts = count_known(store, store.regions, len(labels.classes))
    if not counts[1:].any():
        where, what = " inside the areas", "labels and areas"
        if areas is None:
            where, what = "", "they"
        raise LabelError(
            f"No label of {source} covers a valid pixel{where}; check that {what} lie where the "
            "image has data."
        )
    if not counts[0] and areas is not None:
        raise LabelError(
            "Nothing in the areas is background; leave some unlabelled ground inside an area."
        )
    if not counts[0] and len(labels.classes) == 1:
        raise LabelError(
            f"No background of {source} covers a valid pixel; label some where the image has data."
        )
