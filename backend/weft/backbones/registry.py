# SPDX-License-Identifier: GPL-3.0-or-later
"""Backbones by name: those described here, and any feature extractor of timm's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import timm
from timm.models import is_model_in_modules
from torch import nn

from weft.backbones.resnetv2_trunk import build_resnetv2_trunk
from weft.errors import ModelError

DEFAULT_BACKBONE = "weft_resnet18d"


@dataclass(frozen=True)
class BackboneSpec:
    """What is needed to build a backbone without weights, and to say where they come from.

    `mean` and `std` normalise RGB in 0..1; `shipped` names a file in resources/backbones.
    """

    name: str
    build: Callable[[], nn.Module]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    shipped: str | None = None
    licence: str = "see the model's page at timm"


def find_backbone(name: str) -> BackboneSpec:
    """The described backbone `name`, or timm's of that name; ModelError if there is none."""
    described = {spec.name: spec for spec in DESCRIBED}
    if name in described:
        return described[name]
    if not timm.is_model(name.split(".")[0]):
        raise ModelError(
            f"There is no backbone {name!r}; choose {', '.join(described)} or a timm model name."
        )
    try:
        settings = timm.get_pretrained_cfg(name)
    except RuntimeError as reason:
        raise ModelError(
            f"timm has no weights called {name!r}; check what follows the dot."
        ) from reason
    mean, std = (settings.mean, settings.std) if settings else ((0.5,) * 3, (0.5,) * 3)
    return BackboneSpec(name, lambda: build_timm(name), tuple(mean), tuple(std))


def build_timm(name: str) -> nn.Module:
    """timm's network `name` with random weights, in the form that gives maps or tokens."""
    if is_model_in_modules(name.split(".")[0], ("vision_transformer", "eva")):
        network = timm.create_model(name, num_classes=0, global_pool="", dynamic_img_size=True)
        network.norm = nn.Identity()  # unused, and absent from weights of networks that average
        return network
    if is_model_in_modules(name.split(".")[0], ("vision_transformer_sam",)):
        return timm.create_model(name, num_classes=0, global_pool="")
    windowed = is_model_in_modules(name.split(".")[0], ("swin_transformer", "swin_transformer_v2"))
    options: dict[str, Any] = {"strict_img_size": False} if windowed else {}
    try:
        return timm.create_model(name, features_only=True, **options)
    except (RuntimeError, AttributeError, AssertionError, TypeError) as reason:
        raise ModelError(f"timm's {name!r} gives no feature maps; choose another.") from reason


def _build_resnet18d() -> nn.Module:
    return timm.create_model("resnet18d", features_only=True, out_indices=(0, 1, 2, 3))


IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

DESCRIBED = (
    BackboneSpec(
        DEFAULT_BACKBONE,
        _build_resnet18d,
        *IMAGENET,
        shipped="weft_resnet18d.safetensors",
        licence="GPL-3.0-or-later, see the model card beside the weights",
    ),
    BackboneSpec(
        "resnetv2_50_trunk",
        build_resnetv2_trunk,
        (0.452223, 0.425705, 0.377568),
        (0.285514, 0.278885, 0.282310),
        licence="Apache-2.0",
    ),
)
