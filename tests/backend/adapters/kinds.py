# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of backbone, small, and networks on them with random weights."""

from collections.abc import Callable
from functools import partial

import timm
import torch
from timm.models.vision_transformer_sam import VisionTransformerSAM
from torch import Tensor, nn

from weft.adapters.registry import find_adapter
from weft.backbones.frozen import FrozenBackbone
from weft.backbones.registry import IMAGENET, build_timm
from weft.backbones.wrapping import wrap
from weft.network import Network


def build_sam() -> nn.Module:
    """Segment Anything's encoder with windows, global attention, relative positions and neck."""
    return VisionTransformerSAM(
        img_size=128,
        patch_size=16,
        num_classes=0,
        embed_dim=64,
        depth=4,
        num_heads=4,
        global_pool="",
        neck_chans=32,
        use_rel_pos=True,
        window_size=3,
        global_attn_indexes=(1, 3),
    )


def build_swin() -> nn.Module:
    """Swin with shifted windows that do not divide the maps."""
    return timm.create_model(
        "swin_tiny_patch4_window7_224",
        features_only=True,
        strict_img_size=False,
        embed_dim=32,
        depths=(2, 2, 2, 2),
        num_heads=(1, 2, 4, 8),
    )


BACKBONES: dict[str, Callable[[], nn.Module]] = {
    "vit": partial(build_timm, "test_vit"),
    "sam": build_sam,
    "convnext": partial(build_timm, "test_convnext"),
    "swin": build_swin,
    "resnet": partial(build_timm, "test_resnet"),
}


def make_backbone(kind: str) -> FrozenBackbone:
    """The same weights each time."""
    torch.manual_seed(0)
    return wrap(BACKBONES[kind](), *IMAGENET)


def make_network(kind: str, adapter: str, bands: int = 3, classes: int = 2) -> Network:
    """A network before its first step, calibrated as a training would."""
    network = Network(make_backbone(kind), find_adapter(adapter), bands, classes)
    network.calibrate([torch.rand(2, bands, 64, 96) for _ in range(2)])
    return network.eval()


@torch.no_grad()
def wake(network: Network) -> Network:
    """Move all that learns, zero-initialised gates included, so that every part has a say."""
    torch.manual_seed(1)
    for parameter in network.trained_parameters():
        parameter.add_(0.1 * torch.randn_like(parameter))
    return network


@torch.no_grad()
def finished_maps(network: Network, image: Tensor) -> list[Tensor]:
    """What the heads receive."""
    stream = network.adapter.begin(image)
    maps = network.backbone(image, lambda stage, x: network.adapter.inject(stage, x, stream))
    levels = network.adapter.finish(network.standardise(maps), stream)
    return [level.whole() for level in levels]


def learn(network: Network, steps: int, answer: Callable[[Tensor], list[Tensor]]) -> None:
    """Some steps of an optimiser on random images and masks."""
    optimiser = torch.optim.AdamW(network.trained_parameters(), lr=1e-2)
    network.train()
    for step in range(steps):
        torch.manual_seed(step)
        image, mask = torch.rand(2, 3, 64, 96), torch.randint(0, 3, (2, 64, 96))
        optimiser.zero_grad(set_to_none=True)
        votes = torch.stack(answer(image))
        nn.functional.cross_entropy(votes.mean(0), mask).backward()
        optimiser.step()
    network.eval()
