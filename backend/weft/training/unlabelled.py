# SPDX-License-Identifier: GPL-3.0-or-later
"""Ground without labels: crops of it, and a loss that keeps objects from flooding it.

Areas are drawn where the objects are, so elsewhere objects are hardly more frequent. A network that
finds many more of them there mistakes ground that it was never shown. Bounding from one side what a
class prior says of unlabelled data follows Kiryo et al. 2017 (arXiv:1703.00593).
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from weft.grid import Window
from weft.raster.inspect import RasterInfo
from weft.raster.sampling import MOST_DECODED, decoded
from weft.training.regions import NO_AREA, Region
from weft.training.sampler import Crops
from weft.training.truth import Truth

SIDE = 384  # model pixels
FEWEST_REGIONS, MOST_REGIONS = 4, 32

CONFIDENT = 0.5
TOLERANCE = 2.0
WATCHED_STEPS = 10  # a flood is soon too sure of itself to be turned
GLANCE_EVERY = 4  # steps, while nothing floods
WEIGHT = 3.0
MEMORY = 0.9


def plan_elsewhere(infos: Sequence[RasterInfo], scales: Sequence[float], seed: int) -> list[Region]:
    """Windows at random places of the images, each image as often as its ground is large.

    `scales[i]` is image i's GSD over the model's. There are fewer where decoding is slow.
    """
    random = np.random.default_rng(seed)
    sizes = [info.grid.width * info.grid.height for info in infos]
    ground = np.array([size * scale**2 for size, scale in zip(sizes, scales, strict=True)])
    regions: list[Region] = []
    cost = 0
    for image in random.choice(len(infos), MOST_REGIONS, p=ground / ground.sum()).tolist():
        region = place_region(image, infos[image], scales[image], random)
        cost += decoded(infos[image], region.window)
        if cost > 4 * MOST_DECODED and len(regions) >= FEWEST_REGIONS:
            break
        regions.append(region)
    return regions


def place_region(image: int, info: RasterInfo, scale: float, random: np.random.Generator) -> Region:
    """A window of SIDE model pixels, or less where the image is smaller, at a random place."""
    grid, side = info.grid, max(1, round(SIDE / scale))
    width, height = min(grid.width, side), min(grid.height, side)
    column = int(random.integers(grid.width - width + 1))
    row = int(random.integers(grid.height - height + 1))
    shape = (max(1, round(height * scale)), max(1, round(width * scale)))
    return Region(image, Window(column, row, width, height), shape, NO_AREA, measurable=False)


class Elsewhere(Crops):
    """Draws crops of unlabelled regions."""

    def draw(self) -> tuple[Tensor, Truth]:
        """Pixels (1, bands, size, size) and truth (1, size, size), unknown but for lone labels."""
        index = int(self.random.integers(len(self.regions)))
        height, width = self.regions[index].shape
        pixels, truth = self.about(index, (height // 2, width // 2))
        return pixels[None], truth.each(lambda x: x[None])


class ShareLimit:
    """The share of ground that objects may take where nothing is labelled.

    The limit is TOLERANCE times their share `labelled` of the known pixels. Only pixels that are
    taken for an object count: faint doubts everywhere are no flood, and pushing them down costs
    objects. What is seen is averaged over the last crops, a head by itself.
    """

    def __init__(self, labelled: float) -> None:
        self.most = TOLERANCE * labelled
        self.seen: Tensor | None = None

    @property
    def exceeded(self) -> bool:
        """Whether a head finds too many objects, as far as is known."""
        return self.seen is None or bool((self.seen > self.most).any())

    def excess(self, logits: Tensor) -> Tensor:
        """The loss, a scalar, for logits (heads, B, 1 + K, H, W) of unlabelled crops."""
        objects = logits.float().softmax(2)[:, :, 1:].sum(2)
        found = (objects * (objects > CONFIDENT)).mean((1, 2, 3))
        now = found.detach()
        # an overflow tells nothing of floods, and the loss is not finite either
        if not now.isfinite().all():
            return found.mean()
        self.seen = now if self.seen is None else torch.lerp(now, self.seen, MEMORY)
        return WEIGHT * (found * (self.seen > self.most)).mean()
