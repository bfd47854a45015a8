# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects of the held-out area are found: what one can count, beside the IoU of pixels."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from weft.bundle import FoundObjects
from weft.device import Device
from weft.grid import Grid, to_pixels
from weft.labels.burn import UNKNOWN, Geometries, labels_near
from weft.network import Network, probabilities
from weft.polygons.clean import SPECK, least_confidence, sure_enough
from weft.polygons.objects import Objects, objects_in
from weft.polygons.prediction import FULL
from weft.polygons.score import Tally, match_count
from weft.polygons.strips import DEFAULT_THRESHOLD, most_probable, one_strip
from weft.polygons.trace import trace
from weft.raster.inspect import inspect
from weft.training.heldout import forward_whole
from weft.training.patches import LabelledPatch, PatchStore, Sources
from weft.training.regions import Region

Kinds = NDArray[np.int64]


def count_objects(
    network: Network, store: PatchStore, device: Device, classes: int, regions: Sequence[Region]
) -> tuple[FoundObjects, ...]:
    """Of each class, how many objects of some regions are found, matched at IoU of at least 0.5.

    Objects are made as `weft vectorise` makes them, and cut at the edge of what is known.
    """
    grids = [inspect(path).grid for path in store.sources.images]
    tallies = [Tally()] * classes
    for region in regions:
        patch = store[region]
        true, true_kinds = true_objects(store.sources, region, grids[region.image], patch)
        least = SPECK * np.percentile(shapely.area(true), 10) if len(true) else 0.0
        found, found_kinds = found_objects(network, patch, device, float(least))
        for index in range(classes):
            own = true[true_kinds == index + 1], found[found_kinds == index + 1]
            hits = match_count(own[1], own[0])
            tallies[index] += Tally(0, 0, hits, len(own[0]), len(own[1]))
    return tuple(FoundObjects.of(t.hits, t.objects_true, t.objects_found) for t in tallies)


def true_objects(
    sources: Sources, region: Region, grid: Grid, patch: LabelledPatch
) -> tuple[Geometries, Kinds]:
    """Labelled objects in the region's pixels, as far as their ground is known, and their classes.

    Those of which no point well inside is known are left out.
    """
    transform = grid.window_transform(region.window, region.shape)
    names, geometries = labels_near(sources.labels, grid.crs, transform, region.shape)
    numbers = {name: number for number, name in enumerate(sources.classes, 1)}
    kinds = np.array([numbers.get(name, 0) for name in names], np.int64)
    known, _ = trace((patch.mask != UNKNOWN).astype(np.uint8))
    ground = shapely.union_all(known)
    whole = shapely.make_valid(to_pixels(geometries, transform))
    here = (kinds > 0) & shapely.intersects(shapely.point_on_surface(whole), ground)
    return np.asarray(shapely.intersection(whole[here], ground)), kinds[here]


def found_objects(
    network: Network, patch: LabelledPatch, device: Device, least: float
) -> tuple[Geometries, Kinds]:
    """Objects of at least so many pixels that the network finds in a patch, and their classes."""
    likely, interior = probabilities(forward_whole(network, patch, device)[None])
    levels, rims = ((FULL * each[0]).round().byte().numpy() for each in (likely[:, 1:], interior))
    classes, certainty = most_probable(levels, [DEFAULT_THRESHOLD], patch.mask.shape)
    classes[patch.mask == UNKNOWN] = 0
    found = objects_in([one_strip(classes, rims[0], certainty)], np.full(256, least))
    kept = [each.chosen(worth_keeping(each, least)) for each in found]
    polygons = np.concatenate([np.empty(0, object), *(each.outlines for each in kept)])
    kinds = np.concatenate([np.empty(0, np.int64), *(each.kinds for each in kept)])
    return polygons, kinds


def worth_keeping(objects: Objects, least: float) -> NDArray[np.bool_]:
    """Which objects have at least so many pixels, and are as sure as polygons have to be."""
    sure = sure_enough(objects.confidence, least_confidence(DEFAULT_THRESHOLD))
    return sure & (shapely.area(objects.outlines) >= least)
