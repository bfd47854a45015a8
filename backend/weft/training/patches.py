# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled pixels of regions, read when needed and kept while memory allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import torch
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.features import rasterize
from torch import Tensor

from weft.grid import to_pixels
from weft.labels.burn import UNKNOWN, burn_mask, surroundings
from weft.labels.interior import burn_interiors
from weft.labels.place import to_plane, touching
from weft.labels.read import Labels
from weft.raster.read import RasterReader
from weft.raster.stretch import Stretch
from weft.training.regions import NO_AREA, Region

MOST_BYTES = 2**30


@dataclass(frozen=True)
class LabelledPatch:
    """Pixels (bands, h, w) in 0..1 and mask (h, w): 0 background, 1..K classes, 255 unknown.

    `interior` (h, w) tells what lies deeper inside an object than its rim.
    """

    pixels: Tensor
    mask: NDArray[np.uint8]
    interior: NDArray[np.bool_]

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return self.pixels.nbytes + self.mask.nbytes + self.interior.nbytes


@dataclass(frozen=True)
class Sources:
    """Everything a labelled patch is read from."""

    images: tuple[Path, ...]
    bands: tuple[int, ...]
    stretch: Stretch
    labels: Labels
    areas: gpd.GeoSeries | None
    classes: tuple[str, ...]


def read_patch(sources: Sources, region: Region) -> LabelledPatch:
    """The patch of a region; pixels that are not valid, or not of its own area, are unknown."""
    with RasterReader(sources.images[region.image], sources.bands, sources.stretch) as reader:
        patch = reader.read(region.window, region.shape)
        grid = reader.info.grid
    transform = grid.window_transform(region.window, region.shape)
    mask = burn_mask(
        sources.labels, sources.areas, grid.crs, transform, region.shape, sources.classes
    )
    if sources.areas is not None:
        owners = burn_areas(sources.areas, grid.crs, transform, region.shape)
        # beyond its area a window is context: what is known there has a window of its own, and may
        # be the area that is held out
        mask[owners != (region.area if region.measurable else NO_AREA)] = UNKNOWN
    mask[~patch.valid] = UNKNOWN
    interior = burn_interiors(sources.labels, grid.crs, transform, region.shape)
    return LabelledPatch(torch.from_numpy(patch.pixels), mask, interior)


def burn_areas(
    areas: gpd.GeoSeries, crs: CRS | None, transform: Affine, shape: tuple[int, int]
) -> NDArray[np.int32]:
    """The area of each pixel (h, w), the last one where areas overlap, NO_AREA outside all."""
    plane = to_plane(areas, crs)
    near = touching(plane, surroundings(transform, shape))
    owners = np.full(shape, NO_AREA, np.int32)
    if len(near):
        geometries = to_pixels(np.asarray(plane.values)[near], transform)
        rasterize(zip(geometries, near.tolist(), strict=True), out=owners)
    return owners


class PatchStore:
    """Patches by region; the first are kept, up to MOST_BYTES together.

    To forget the oldest instead would forget all before each next pass over the regions.
    """

    def __init__(self, sources: Sources, regions: Sequence[Region]) -> None:
        self.sources, self.regions = sources, tuple(regions)
        self._kept: dict[Region, LabelledPatch] = {}

    def __getitem__(self, region: Region) -> LabelledPatch:
        patch = self._kept.get(region)
        if patch is None:
            patch = read_patch(self.sources, region)
            taken = sum(kept.nbytes for kept in self._kept.values())
            if not taken or taken + patch.nbytes <= MOST_BYTES:
                self._kept[region] = patch
        return patch


def count_known(store: PatchStore, regions: Sequence[Region], classes: int) -> NDArray[np.int64]:
    """Known pixels of background and each class: (1 + classes,)."""
    counts = np.zeros(classes + 1, np.int64)
    for region in regions:
        mask = store[region].mask
        counts += np.bincount(mask[mask != UNKNOWN], minlength=classes + 1)
    return counts
