# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps of a frozen backbone as features of each pixel, beside the filters: convpaint's recipe."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from features import Features
from filters import Pixels, filter_bank

from weft.backbones.frozen import FrozenBackbone, as_is
from weft.backbones.weights import load_backbone

MARGIN = 64
WINDOW = 256  # several hundred features a pixel take much memory
MULTIPLE = 32


def deep_features(backbone: str, weights: Path | None) -> Features:
    """The filter bank's features and all maps of `backbone`."""
    frozen = load_backbone(backbone, str(weights) if weights else None).network
    return Features(
        MARGIN,
        WINDOW,
        lambda pixels: np.concatenate([filter_bank(pixels), maps_of(frozen, pixels)]),
    )


def maps_of(backbone: FrozenBackbone, pixels: Pixels) -> Pixels:
    """All maps of an image (bands, h, w), each grown to its size: (channels, h, w)."""
    height, width = pixels.shape[1:]
    padding = (0, -width % MULTIPLE, 0, -height % MULTIPLE)
    image = F.pad(torch.from_numpy(pixels)[None], padding, mode="replicate")
    with torch.inference_mode():
        grown = [
            F.interpolate(x, image.shape[2:], mode="bilinear", align_corners=False)
            for x in backbone(image, as_is)
        ]
        return torch.cat(grown, 1)[0, :, :height, :width].numpy()
