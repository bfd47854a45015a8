# SPDX-License-Identifier: GPL-3.0-or-later
"""Images to pretrain on, with what is known of their pixels."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from pyproj import CRS
from rasterio.features import rasterize
from torch import Tensor

from weft.labels.burn import UNKNOWN
from weft.labels.interior import burn_interiors
from weft.labels.place import to_plane
from weft.labels.read import Labels, read_labels
from weft.labels.source import LabelSource
from weft.sample.scene import class_mask, render_scene

IDENTITY = rasterio.Affine.identity()
AROUND, RIM, INSIDE = 0, 1, 2  # of buildings


@dataclass(frozen=True)
class Example:
    """An image (3, H, W) uint8 and what is known of it (2, H, W) uint8, UNKNOWN elsewhere.

    Known are the `Kind` of each pixel, and whether it lies around, in the rim of or deep inside of
    a building.
    """

    image: Tensor
    known: Tensor


@dataclass(frozen=True)
class Pool:
    """Examples to crop from, each as often as it is large."""

    examples: list[Example]

    def crop(self, size: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Image (3, size, size) in 0..1 and what is known of it (2, size, size).

        At 0.5 to 2 times its scale, in one of the eight orientations of the square.
        """
        sizes = np.array([example.image[0].numel() for example in self.examples], dtype=float)
        example = self.examples[int(random.choice(len(sizes), p=sizes / sizes.sum()))]
        height, width = example.image.shape[1:]
        side = min(int(size * 2.0 ** random.uniform(-0.8, 1.0)), height, width)
        top, left = random.integers(height - side + 1), random.integers(width - side + 1)
        place = np.s_[:, top : top + side, left : left + side]
        part = example.image[place].float()[None] / 255
        part = F.interpolate(part, (size, size), mode="bilinear", antialias=True)[0]
        known = F.interpolate(example.known[place].float()[None], (size, size), mode="nearest")[0]
        turns = int(random.integers(4))
        part, known = part.rot90(turns, (1, 2)), known.rot90(turns, (1, 2))
        if random.random() < 0.5:
            part, known = part.flip(2), known.flip(2)
        return recolour(part, random), known.long()


def recolour(image: Tensor, random: np.random.Generator) -> Tensor:
    """Gain, offset, gamma, saturation at random; one crop in seven grey, one in 14 inverted.

    One in ten becomes grey and speckled like a radar image of one to eight looks.
    """
    gain = torch.from_numpy(random.normal(1.0, 0.12, (3, 1, 1))).float()
    image = image * gain + float(random.normal(0.0, 0.06))
    grey = image.mean(0, keepdim=True)
    saturation = 0.0 if random.random() < 1 / 7 else random.uniform(0.5, 1.4)
    image = grey + (image - grey) * saturation
    image = image.clamp(0, 1) ** float(2.0 ** random.normal(0.0, 0.4))
    if random.random() < 1 / 14:
        image = 1 - image
    if random.random() < 1 / 10:
        image = speckle(image, 2.0 ** random.uniform(0.0, 3.0), random)
    return image + float(random.uniform(0, 0.02)) * torch.randn(image.shape)


def speckle(image: Tensor, looks: float, random: np.random.Generator) -> Tensor:
    """The amplitude of an image (3, H, W) in grey, with the multiplicative noise of SAR.

    The mean of `looks` intensities is gamma-distributed (Goodman 1976, doi:10.1364/JOSA.66.001145).
    """
    intensity = random.gamma(looks, 1 / looks, image.shape[1:])
    grey = image.mean(0, keepdim=True) * torch.from_numpy(np.sqrt(intensity)).float()
    return grey.clamp(max=1.0).expand_as(image)


def unlabelled(folder: Path) -> Iterator[Example]:
    """The pictures of a folder, of which nothing is known."""
    for image in read_tiles(folder):
        yield Example(image, torch.full((2, *image.shape[1:]), UNKNOWN, dtype=torch.uint8))


def read_tiles(folder: Path) -> Iterator[Tensor]:
    """Pictures of a folder; map tiles named column-row-zoom are joined to one mosaic."""
    tiles = {}
    for path in sorted(folder.glob("*.jpg")):
        pixels = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1)
        numbers = path.stem.split("-")
        if len(numbers) == 3 and all(n.isdigit() for n in numbers):
            tiles[int(numbers[1]), int(numbers[0])] = pixels
        else:
            yield pixels
    if tiles:
        yield from join_rows(tiles)


def join_rows(tiles: dict[tuple[int, int], Tensor]) -> Iterator[Tensor]:
    """Mosaics of square blocks of tiles; positions without a tile are never part of one."""
    block = 4
    taken: set[tuple[int, int]] = set()
    for row, column in sorted(tiles):
        keys = [[(row + i, column + j) for j in range(block)] for i in range(block)]
        flat = {key for line in keys for key in line}
        if flat <= tiles.keys() and not flat & taken:
            taken |= flat
            yield torch.cat([torch.cat([tiles[k] for k in line], 2) for line in keys], 1)
    yield from (tile for key, tile in sorted(tiles.items()) if key not in taken)


def labelled(scene: Path) -> Iterator[Example]:
    """The images of a scene in which all buildings are labelled, in its truth.gpkg."""
    labels = read_labels(LabelSource(scene / "truth.gpkg", "labels"))
    for path in sorted((scene / "images").glob("*.tif")):
        with rasterio.open(path) as dataset:
            image, transform = dataset.read([1, 2, 3]), dataset.transform
            parts = building_parts(labels, CRS(dataset.crs), transform, dataset.shape)
            parts[dataset.dataset_mask() == 0] = UNKNOWN
        kinds = np.full_like(parts, UNKNOWN)
        yield Example(torch.from_numpy(image), torch.from_numpy(np.stack([kinds, parts])))


def rendered(count: int, seed: int) -> Iterator[Example]:
    """Scenes of the sample renderer at several ground sampling distances, drawn on all cores."""
    gsds = 2.0 ** np.random.default_rng(seed).uniform(-3.0, 0.0, count)
    seeds = range(seed * 100_000, seed * 100_000 + count)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for image, known in pool.map(render, seeds, gsds.tolist()):
            yield Example(torch.from_numpy(image), torch.from_numpy(known))


def render(seed: int, gsd_m: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A scene's image (3, H, W) and what is known of it (2, H, W)."""
    scene = render_scene(seed=seed, width=512, height=512, gsd_m=gsd_m)
    kinds = class_mask(scene)
    buildings = [each.polygon for each in scene.objects if each.class_name == "building"]
    frame = gpd.GeoDataFrame({"class": ["building"] * len(buildings)}, geometry=buildings)
    parts = building_parts(Labels(frame, ("building",)), None, IDENTITY, kinds.shape)
    return scene.pixels, np.stack([kinds, parts])


def building_parts(
    labels: Labels, crs: CRS | None, transform: rasterio.Affine, shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """AROUND, RIM or INSIDE for each pixel (h, w)."""
    parts = np.full(shape, AROUND, np.uint8)
    if len(labels.frame):
        frame = to_plane(labels.frame, crs)
        rasterize(frame.geometry, out=parts, transform=transform, default_value=RIM)
        parts[burn_interiors(labels, crs, transform, shape)] = INSIDE
    return parts
