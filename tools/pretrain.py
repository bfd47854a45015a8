# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the weights that ship in resources/backbones, without a GPU.

    python tools/pretrain.py --teacher TRUNK.safetensors --imagery FOLDER [--imagery …]
        [--labelled SCENE …] [--start WEIGHTS] [--minutes M] --out FILE

A small timm network learns to predict, through one linear layer a level that is thrown away
afterwards, the standardised features of a teacher (FitNets, arXiv:1412.6550) on all images, the
classes of rendered scenes, and rims and insides of buildings on rendered and on labelled ones. The
log is written beside the weights. Stopped with Ctrl-C, it keeps what it has; --start goes on from
such weights, for a network that is trained in several sittings.
"""

import argparse
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.models import FeatureListNet
from torch import Tensor, nn

from pretraining.pools import Pool, labelled, rendered, unlabelled
from weft.backbones.frozen import FrozenBackbone, MapBackbone
from weft.backbones.registry import DEFAULT_BACKBONE, find_backbone
from weft.backbones.weights import fill, read_state
from weft.backbones.wrapping import wrap
from weft.labels.burn import UNKNOWN
from weft.sample.canvas import Kind

TASKS = len(Kind), 3  # kinds of rendered pixels; around, rim and inside of buildings
LEVELS = (1, 2, 3)
SETTLING_STEPS = 150


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result, apart from the data."""

    minutes: float = 58.0
    crop: int = 192
    batch: int = 16
    rendered_share: float = 0.4
    labelled_share: float = 0.3  # where there are labelled scenes
    rendered_scenes: int = 220
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    task_weight: float = 0.7
    seed: int = 0


class Projections(nn.Module):
    """The linear layers that are thrown away afterwards: one a level, and one for each task."""

    def __init__(self, student: FrozenBackbone, teacher: FrozenBackbone) -> None:
        super().__init__()
        pairs = [(student.channels[i], teacher.channels[i]) for i in LEVELS]
        self.levels = nn.ModuleList(nn.Conv2d(s, t, 1) for s, t in pairs)
        self.tasks = nn.ModuleList(nn.Conv2d(s, sum(TASKS), 1) for s, _ in pairs)

    def classify(self, maps: list[Tensor]) -> tuple[Tensor, ...]:
        """Logits (B, classes, H/4, W/4) of each task, the sum over the levels."""
        size = maps[0].shape[-2:]
        scores = [layer(m) for layer, m in zip(self.tasks, maps, strict=True)]
        grown = [F.interpolate(s, size, mode="bilinear", align_corners=False) for s in scores]
        return torch.stack(grown).sum(0).float().split(TASKS, dim=1)


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
    # vectors one after the other: three times faster than F.cosine_similarity over dimension 1
    ours, theirs = (x.permute(0, 2, 3, 1).flatten(0, 2) for x in (guess, target))
    lengths = torch.linalg.vector_norm(ours, dim=1) * torch.linalg.vector_norm(theirs, dim=1)
    cosine = torch.linalg.vecdot(ours, theirs) / lengths.clamp_min(1e-8)
    return 1 - cosine.mean() + F.smooth_l1_loss(ours, theirs)


def task_loss(scores: tuple[Tensor, ...], known: Tensor) -> list[Tensor]:
    """Cross-entropy of each task with what is `known` (B, 2, H, W) at every fourth pixel."""
    coarse = known[:, :, 2::4, 2::4]
    return [
        F.cross_entropy(each, coarse[:, i], ignore_index=UNKNOWN) for i, each in enumerate(scores)
    ]


def batch_of(
    pools: Sequence[Pool], shares: Sequence[float], recipe: Recipe, random: np.random.Generator
) -> list[Tensor]:
    """Images (B, 3, s, s) in 0..1 and what is known of them (B, 2, s, s)."""
    ends = np.round(np.cumsum(shares) * recipe.batch).astype(int)
    owners = np.searchsorted(ends, np.arange(recipe.batch), side="right")
    pairs = [pools[owner].crop(recipe.crop, random) for owner in owners]
    return [torch.stack(column) for column in zip(*pairs, strict=True)]


def train(
    student: MapBackbone,
    teacher: FrozenBackbone,
    pools: Sequence[Pool],
    shares: Sequence[float],
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
        images, known = (t.to(device) for t in batch_of(pools, shares, recipe, random))
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
        tasks = task_loss(scores, known)
        loss = torch.stack(losses).sum() + recipe.task_weight * torch.stack(tasks).sum()
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
                "tasks": [round(float(x), 4) for x in tasks],
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
    parser.add_argument("--labelled", type=Path, action="append", default=[], help="scenes")
    parser.add_argument("--minutes", type=float, default=Recipe.minutes)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=Recipe.seed, help="another for each sitting")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    recipe = Recipe(minutes=options.minutes, seed=options.seed)
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    pools = [
        Pool(list(rendered(recipe.rendered_scenes, recipe.seed + 1))),
        Pool([each for scene in options.labelled for each in labelled(scene)]),
        Pool([each for folder in options.imagery for each in unlabelled(folder)]),
    ]
    shares = [recipe.rendered_share, recipe.labelled_share if options.labelled else 0.0]
    shares.append(1 - sum(shares))

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
        train(student, teacher, pools, shares, recipe, log, device, going_on)
    finally:
        save(student, options.out)


if __name__ == "__main__":
    main()
