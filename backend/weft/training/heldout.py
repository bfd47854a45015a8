# SPDX-License-Identifier: GPL-3.0-or-later
"""The area that is kept from training for a while, so that the figure shown is honest."""

from collections.abc import Collection, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from weft.device import Device
from weft.labels.burn import UNKNOWN
from weft.network import Network
from weft.training.losses import intersection_over_union
from weft.training.patches import LabelledPatch, PatchStore
from weft.training.regions import Region

LEAST_AREAS = 3


def choose_held_out(
    store: PatchStore, regions: Sequence[Region], seen: Collection[int] = ()
) -> int | None:
    """The area to hold out; None with fewer than three, or when every area is needed for a class.

    Among the areas whose classes all occur elsewhere too, the one with the most objects but one:
    a fair sample that leaves the richest for training. Areas that were `seen` by the weights that
    training starts from are left out, because they could only flatter them.
    """
    areas = sorted({region.area for region in regions if region.measurable})
    if len(areas) < LEAST_AREAS:
        return None
    pixels = {area: _object_pixels(store, regions, area) for area in areas}
    candidates = []
    for area in areas:
        others = set().union(*(pixels[other].keys() for other in areas if other != area))
        if area not in seen and pixels[area] and pixels[area].keys() <= others:
            candidates.append((sum(pixels[area].values()), area))
    if not candidates:
        return None
    return sorted(candidates)[max(0, len(candidates) - 2)][1]


def _object_pixels(store: PatchStore, regions: Sequence[Region], area: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for region in regions:
        if region.area == area:
            values, counts = np.unique(store[region].mask, return_counts=True)
            for value, count in zip(values.tolist(), counts.tolist(), strict=True):
                if value not in (0, UNKNOWN):
                    found[value] = found.get(value, 0) + count
    return found


def measure(
    network: Network, store: PatchStore, regions: Sequence[Region], device: Device, classes: int
) -> list[float]:
    """IoU of each class over the known pixels of some regions; NaN for absent classes."""
    confusion = torch.zeros(classes + 1, classes + 1, dtype=torch.float64)
    for region in regions:
        patch = store[region]
        logits = forward_whole(network, patch, device)
        guess, truth = logits[:-1].argmax(0), torch.from_numpy(patch.mask).long()
        known = truth != UNKNOWN
        pairs = truth[known] * (classes + 1) + guess[known]
        confusion += torch.bincount(pairs, minlength=(classes + 1) ** 2).view_as(confusion)
    return intersection_over_union(confusion).tolist()


def forward_whole(network: Network, patch: LabelledPatch, device: Device) -> Tensor:
    """Logits (1 + K + 1, h, w) of a patch, on the CPU."""
    height, width = patch.mask.shape
    multiple = network.multiple
    padding = (0, -width % multiple, 0, -height % multiple)
    pixels = F.pad(patch.pixels[None], padding, mode="replicate").to(device.torch)
    network.eval()
    with torch.no_grad(), device.autocast():
        logits: Tensor = network(pixels.contiguous(memory_format=torch.channels_last))
    return logits[0, :, :height, :width].float().cpu()
