# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model makes of a window: its answers, how sure it is of them, and what it sees there."""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from weft.device import Device
from weft.network import Network, probabilities
from weft.raster.read import Patch

CELL_STRIDE = 16
LEAST_VALID = 0.5


@dataclass(frozen=True)
class Look:
    """A window in N cells of CELL_STRIDE model pixels or so; cells without data are left out.

    `features` (N, C) are the frozen backbone's, standardised; `answers` (N, 1 + K) the mean
    probabilities; `doubt` (N,) the mean entropy of those, from 0 to 1.
    """

    features: NDArray[np.float32]
    answers: NDArray[np.float32]
    doubt: NDArray[np.float32]

    @property
    def seen(self) -> NDArray[np.float32]:
        """The window as a whole: mean and deviation (2 C,) of its features."""
        return np.concatenate([self.features.mean(0), self.features.std(0)])


def look(network: Network, device: Device, patch: Patch) -> Look:
    """What `network` makes of a patch of any size."""
    pixels, valid = padded(patch, network.multiple)
    batch = pixels.to(device.torch).contiguous(memory_format=torch.channels_last)
    network.eval()
    with torch.inference_mode(), device.autocast():
        maps = network.frozen_maps(batch)
        logits = network(batch)
    strides = network.backbone.strides
    level = max(i for i, stride in enumerate(strides) if stride <= max(CELL_STRIDE, strides[0]))
    features = maps[level].float().cpu()
    cells = (features.shape[2], features.shape[3])
    answers = probabilities(logits)[0].cpu()
    share = F.adaptive_avg_pool2d(valid, cells)
    kept = share[0, 0] >= LEAST_VALID
    return Look(
        chosen(features, kept),
        chosen(F.adaptive_avg_pool2d(answers, cells), kept),
        chosen(F.adaptive_avg_pool2d(entropy(answers), cells), kept)[:, 0],
    )


def padded(patch: Patch, multiple: int) -> tuple[Tensor, Tensor]:
    """Pixels (1, bands, H, W) and valid (1, 1, H, W), sides filled up to a multiple."""
    height, width = patch.valid.shape
    padding = (0, -width % multiple, 0, -height % multiple)
    pixels = F.pad(torch.from_numpy(patch.pixels)[None], padding, mode="replicate")
    return pixels, F.pad(torch.from_numpy(patch.valid)[None, None].float(), padding)


def entropy(answers: Tensor) -> Tensor:
    """Entropy (B, 1, H, W) of probabilities (B, 1 + K, H, W), from 0 to 1."""
    surprise = -(answers * answers.clamp_min(1e-6).log()).sum(1, keepdim=True)
    return surprise / math.log(answers.shape[1])


def chosen(maps: Tensor, kept: Tensor) -> NDArray[np.float32]:
    """Values (N, C) of maps (1, C, h, w) where `kept` (h, w)."""
    values: NDArray[np.float32] = maps[0].movedim(0, -1)[kept].numpy()
    return values
