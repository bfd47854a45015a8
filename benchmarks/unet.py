# SPDX-License-Identifier: GPL-3.0-or-later
"""A small U-Net from scratch: the rival that has never seen an image.

    python benchmarks/unet.py IMAGE… --labels SRC --areas SRC --out polygons.gpkg [--budget S]

The network of arXiv:1505.04597 with batch norms and a quarter of its channels. It reads rasters and
labels, draws crops, sees tiles and makes polygons as WEFT does, with the same loss; but it holds no
area out, averages no weights and is shown no ground without labels. The rasters go to a folder
beside the polygons. Prints one JSON line: seconds of training, and steps.
"""

import argparse
import json
import math
import time
from dataclasses import replace

import torch
import torch.nn.functional as F
from scenes import add_task_options
from torch import Tensor, nn

from weft.bundle import ModelCard, ModelClass, TrainingFigures
from weft.device import Device, choose_device
from weft.inference.engines import TorchEngine
from weft.inference.part import whole_image
from weft.inference.plan import Tiling
from weft.inference.tta import choose_ways, in_ways
from weft.jobs.material import Material, Wishes, read_material
from weft.jobs.predict import predict_parts
from weft.jobs.predictors import LocalPredictor, plan_of
from weft.jobs.vectorise import VectoriseRequest, vectorise
from weft.model import Model
from weft.polygons.clean import small_object
from weft.progress import Context
from weft.training.augment import Augmentation
from weft.training.losses import loss_of
from weft.training.patches import PatchStore
from weft.training.sampler import CropSampler
from weft.training.tones import tones_of

CHANNELS = (16, 32, 64, 128, 256)
LEARNING_RATE = 2e-3
CROP, BATCH = 256, 4


class UNet(nn.Module):
    """Logits (B, 1 + classes + 1, H, W), as of `weft.network.Network`, of (B, bands, H, W)."""

    multiple = 2 ** (len(CHANNELS) - 1)

    def __init__(self, bands: int, classes: int) -> None:
        super().__init__()
        pairs = list(zip((bands, *CHANNELS), CHANNELS, strict=False))
        self.down = nn.ModuleList(double(before, after) for before, after in pairs)
        self.up = nn.ModuleList(
            double(fine + coarse, fine)
            for fine, coarse in zip(CHANNELS[-2::-1], CHANNELS[:0:-1], strict=True)
        )
        self.classify = nn.Conv2d(CHANNELS[0], 1 + classes + 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """See the class."""
        maps: list[Tensor] = []
        x = image - 0.5
        for block in self.down:
            x = block(F.max_pool2d(x, 2) if maps else x)
            maps.append(x)
        for block, fine in zip(self.up, maps[-2::-1], strict=True):
            grown = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = block(torch.cat([fine, grown], 1))
        logits: Tensor = self.classify(x)
        return logits


def double(before: int, after: int) -> nn.Sequential:
    """Two convolutions."""
    layers: list[nn.Module] = []
    for channels in (before, after):
        conv = nn.Conv2d(channels, after, 3, padding=1, bias=False)
        layers += [conv, nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


def main() -> None:
    """Train, predict, vectorise."""
    options = parse()
    folder = options.out.with_name(f"{options.out.stem}_unet")
    folder.mkdir(exist_ok=True)
    context, device = Context(folder), choose_device(options.device)
    material = read_material(
        options.images,
        options.labels,
        options.areas,
        "class",
        Wishes(None, None, None),
        context,
    )
    torch.manual_seed(options.seed)
    network = UNet(len(material.sources.bands), len(material.sources.classes)).to(device.torch)
    network.to(memory_format=torch.channels_last)
    start = time.monotonic()
    steps = train(network, material, device, options.budget, options.seed)
    seconds = time.monotonic() - start
    once = LocalPredictor(
        Model("unet", card(material), network),  # type: ignore[arg-type]
        TorchEngine(network, device),  # type: ignore[arg-type]
        Tiling(network.multiple),
        settled=False,
    )
    parts = {info: whole_image(info.grid) for info in material.infos}
    ways = choose_ways(None, [plan_of(once, info, part) for info, part in parts.items()])
    predictor = replace(once, engine=in_ways(once.engine, ways))
    predicted = predict_parts(predictor, parts, folder, context)
    rasters = tuple(image.classes for image in predicted.images)
    vectorise(VectoriseRequest(rasters, options.out, simplify_m=None), context)
    print(json.dumps({"train_s": round(seconds, 2), "steps": steps}))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_task_options(parser)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    return parser.parse_args()


def train(network: UNet, material: Material, device: Device, budget_s: float, seed: int) -> int:
    """Learn until the budget is spent; the number of steps. The rate falls with the cosine."""
    regions = material.regions
    store = PatchStore(material.sources, regions)
    # the tones read all, so that the budget is for training alone
    sampler = CropSampler(store, regions, CROP, Augmentation(), seed, tones_of(store, regions))
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.05)
    network.train()
    start, steps = time.monotonic(), 0
    while (share := (time.monotonic() - start) / budget_s) < 1:
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * share))
        pixels, truth = sampler.batch(BATCH)
        pixels = pixels.to(device.torch).contiguous(memory_format=torch.channels_last)
        with device.autocast():
            logits = network(pixels)
        loss = loss_of(logits, truth.each(lambda plane: plane.to(device.torch)))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        steps += 1
    return steps


def card(material: Material) -> ModelCard:
    """What predicting has to know."""
    sources = material.sources
    return ModelCard(
        backbone="unet",
        backbone_digest="",
        adapter="unet",
        bands=sources.bands,
        dtype=material.infos[0].dtype,
        low=sources.stretch.low,
        high=sources.stretch.high,
        tone=material.tone,
        gsd_m=material.gsd_m,
        classes=tuple(ModelClass(name, "#888888") for name in sources.classes),
        training=TrainingFigures(
            *(0.0, 0, 0, None, None, 0, {}, ()), small_object_m2=small_object(sources.labels)
        ),
    )


if __name__ == "__main__":
    main()
