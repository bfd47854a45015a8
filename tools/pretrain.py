# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the weights that ship in resources/backbones, without labels and without a GPU.

    python tools/pretrain.py --teacher TRUNK.safetensors --imagery FOLDER [--imagery …] --out FILE
        [--start WEIGHTS] [--minutes M]

A small timm network learns to predict, through one linear layer a level, the standardised features
of a teacher (FitNets, arXiv:1412.6550) on real tiles and on rendered scenes, and the classes of the
rendered scenes. The log is written beside the weights. Stopped with Ctrl-C, it keeps what it has;
--start goes on from such weights, for a network that is trained in several sittings.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from timm.models import FeatureListNet
from torch import Tensor, nn

from weft.backbones.frozen import FrozenBackbone, MapBackbone
from weft.backbones.registry import DEFAULT_BACKBONE, find_backbone
from weft.backbones.weights import fill, read_state
from weft.backbones.wrapping import wrap
from weft.sample.scene import class_mask, render_scene

CLASSES = 9
LEVELS = (1, 2, 3)
SETTLING_STEPS = 150


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result, apart from the data."""

    minutes: float = 58.0
    crop: int = 192
    batch: int = 16
    rendered_share: float = 0.5
    rendered_scenes: int = 220
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    segmentation_weight: float = 0.7
    seed: int = 0


@dataclass(frozen=True)
class Pool:
    """Images (3, H, W) uint8 to crop from; `masks` (H, W) are class indexes, 255 where unknown."""

    images: list[Tensor]
    masks: list[Tensor]

    def crop(self, size: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """A crop at 0.5 to 2 times its scale, in one of the eight orientations of the square."""
        sizes = np.array([image[0].numel() for image in self.images], dtype=float)
        index = int(random.choice(len(sizes), p=sizes / sizes.sum()))
        image, mask = self.images[index], self.masks[index]
        side = int(size * 2.0 ** random.uniform(-0.8, 1.0))
        side = min(side, *image.shape[1:])
        top = random.integers(image.shape[1] - side + 1)
        left = random.integers(image.shape[2] - side + 1)
        part = image[:, top : top + side, left : left + side].float()[None] / 255
        labels = mask[top : top + side, left : left + side].float()[None, None]
        part = F.interpolate(part, (size, size), mode="bilinear", antialias=True)[0]
        labels = F.interpolate(labels, (size, size), mode="nearest")[0, 0].long()
        turns = int(random.integers(4))
        part, labels = part.rot90(turns, (1, 2)), labels.rot90(turns, (0, 1))
        if random.random() < 0.5:
            part, labels = part.flip(2), labels.flip(1)
        return recolour(part, random), labels


def recolour(image: Tensor, random: np.random.Generator) -> Tensor:
    """Gain, offset, gamma, saturation at random; one crop in seven grey, one in 14 inverted."""
    gain = torch.from_numpy(random.normal(1.0, 0.12, (3, 1, 1))).float()
    image = image * gain + float(random.normal(0.0, 0.06))
    grey = image.mean(0, keepdim=True)
    saturation = 0.0 if random.random() < 1 / 7 else random.uniform(0.5, 1.4)
    image = grey + (image - grey) * saturation
    image = image.clamp(0, 1) ** float(2.0 ** random.normal(0.0, 0.4))
    if random.random() < 1 / 14:
        image = 1 - image
    return image + float(random.uniform(0, 0.02)) * torch.randn(image.shape)


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


def render_pool(count: int, seed: int) -> Pool:
    """Scenes of the sample renderer at several ground sampling distances, with class masks."""
    random = np.random.default_rng(seed)
    images, masks = [], []
    for index in range(count):
        gsd = float(2.0 ** random.uniform(-3.0, 0.0))
        scene = render_scene(seed=seed * 100_000 + index, width=512, height=512, gsd_m=gsd)
        images.append(torch.from_numpy(scene.pixels))
        masks.append(torch.from_numpy(class_mask(scene)))
    return Pool(images, masks)


class Projections(nn.Module):
    """The linear layers that are thrown away afterwards: one a level, and one for the classes."""

    def __init__(self, student: FrozenBackbone, teacher: FrozenBackbone) -> None:
        super().__init__()
        pairs = [(student.channels[i], teacher.channels[i]) for i in LEVELS]
        self.levels = nn.ModuleList(nn.Conv2d(s, t, 1) for s, t in pairs)
        self.classes = nn.ModuleList(nn.Conv2d(s, CLASSES, 1) for s, _ in pairs)

    def classify(self, maps: list[Tensor]) -> Tensor:
        """Logits (B, CLASSES, H/4, W/4), the sum over the levels."""
        size = maps[0].shape[-2:]
        scores = [layer(m) for layer, m in zip(self.classes, maps, strict=True)]
        grown = [F.interpolate(s, size, mode="bilinear", align_corners=False) for s in scores]
        return torch.stack(grown).sum(0)


class Standardiser(nn.Module):
    """Zero mean and unit variance a channel, from statistics of the first batches."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(channels[i], affine=False, momentum=None) for i in LEVELS
        )

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """The maps of `LEVELS`, standardised."""
        return [norm(maps[i].float()) for norm, i in zip(self.norms, LEVELS, strict=True)]


def distillation_loss(guess: Tensor, target: Tensor) -> Tensor:
    """Cosine distance a pixel plus a smooth L1 distance, means over (B, H, W)."""
    cosine = 1 - F.cosine_similarity(guess, target, dim=1).mean()
    return cosine + F.smooth_l1_loss(guess, target)


def batch_of(
    real: Pool, rendered: Pool, recipe: Recipe, random: np.random.Generator
) -> list[Tensor]:
    """Images (B, 3, s, s) in 0..1 and class indexes (B, s, s) with 255 on real images."""
    drawn = round(recipe.batch * recipe.rendered_share)
    pools = [rendered] * drawn + [real] * (recipe.batch - drawn)
    pairs = [pool.crop(recipe.crop, random) for pool in pools]
    return [torch.stack(column) for column in zip(*pairs, strict=True)]


def train(
    student: MapBackbone,
    teacher: FrozenBackbone,
    pools: tuple[Pool, Pool],
    recipe: Recipe,
    log: Path,
    device: torch.device,
    going_on: bool,
) -> None:
    """Distil until the minutes are over; the learning rate follows the clock to zero.

    A network that is `going_on` stands still at first, until the new linear layers fit it.
    """
    random = np.random.default_rng(recipe.seed)
    projections = Projections(student, teacher).to(device)
    standardiser = Standardiser(teacher.channels).to(device)
    network = student.network
    parameters = [*network.parameters(), *projections.parameters()]
    optimiser = torch.optim.AdamW(
        parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    start, step, records = time.monotonic(), 0, []
    while (share := (time.monotonic() - start) / (recipe.minutes * 60)) < 1:
        rate = min(1.0, (step + 1) / 200) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * rate
        images, labels = (t.to(device) for t in batch_of(*pools, recipe, random))
        images = images.contiguous(memory_format=torch.channels_last)
        standardiser.train(step < 100)
        settled = not going_on or step >= SETTLING_STEPS
        network.requires_grad_(settled).train(settled)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                targets = standardiser(teacher(images, keep))
            maps = student(images, keep)[LEVELS[0] :]
            guesses = [layer(m) for layer, m in zip(projections.levels, maps, strict=True)]
            scores = projections.classify(maps)
        losses = [distillation_loss(g.float(), t) for g, t in zip(guesses, targets, strict=True)]
        coarse = labels[:, 2::4, 2::4]
        classes = F.cross_entropy(scores.float(), coarse, ignore_index=255)
        loss = torch.stack(losses).sum() + recipe.segmentation_weight * classes
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        step += 1
        if step % 50 == 0:
            record = {
                "step": step,
                "minutes": round((time.monotonic() - start) / 60, 2),
                "distillation": [round(float(x), 4) for x in losses],
                "classes": round(float(classes), 4),
            }
            records.append(record)
            print(json.dumps(record), flush=True)
            log.write_text("\n".join(map(json.dumps, records)) + "\n")


def keep(stage: int, x: Tensor) -> Tensor:
    """Inject nothing."""
    return x


def save(student: MapBackbone, out: Path) -> None:
    """Write the network in half precision, without the counters that only training needs."""
    state = {
        name: value.half().contiguous()
        for name, value in student.network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    partial = out.with_suffix(".partial")
    save_file(state, partial, metadata={"backbone": DEFAULT_BACKBONE})
    partial.replace(out)


def main() -> None:
    """Read the arguments, make the pools, train, save."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--imagery", type=Path, action="append", required=True)
    parser.add_argument("--minutes", type=float, default=Recipe.minutes)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=Recipe.seed, help="another for each sitting")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    recipe = Recipe(minutes=options.minutes, seed=options.seed)
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    images = [tile for folder in options.imagery for tile in read_tiles(folder)]
    real = Pool(images, [torch.full(image.shape[1:], 255, dtype=torch.uint8) for image in images])
    rendered = render_pool(recipe.rendered_scenes, recipe.seed + 1)

    described = find_backbone("resnetv2_50_trunk")
    trunk = described.build()
    fill(trunk, read_state(options.teacher), options.teacher.name, described.name)
    teacher = wrap(trunk, described.mean, described.std).to(device)
    spec = find_backbone(DEFAULT_BACKBONE)
    small = spec.build()
    assert isinstance(small, FeatureListNet)
    if options.start:
        fill(small, read_state(options.start), options.start.name, spec.name)
    student = MapBackbone(small, spec.mean, spec.std).to(device)
    for network in (teacher, student):
        network.to(memory_format=torch.channels_last)
    log, going_on = options.out.with_suffix(".log"), options.start is not None
    try:
        train(student, teacher, (real, rendered), recipe, log, device, going_on)
    finally:
        save(student, options.out)


if __name__ == "__main__":
    main()
