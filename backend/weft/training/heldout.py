# SPDX-License-Identifier: GPL-3.0-or-later
"""The areas that are kept from training for a while, so that the figures shown are honest."""

from collections import Counter
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
MOST_FOLDS = 5
MOST_PIECES = 4  # a megapixel each; measuring takes its time from the budget


def choose_held_out(
    store: PatchStore, regions: Sequence[Region], seen: Collection[int] = ()
) -> int | None:
    """The area to hold out; None with fewer than three, or when every area is needed for a class.

    Among the areas whose classes all occur elsewhere too, the one with the most objects but one:
    a fair sample that leaves the richest for training. Areas that were `seen` by the weights that
    training starts from are left out, because they could only flatter them.
    """
    pixels = _object_pixels(store, regions)
    if len(pixels) < LEAST_AREAS:
        return None
    candidates = []
    for area in pixels:
        others = set().union(*(pixels[other].keys() for other in pixels if other != area))
        if area not in seen and pixels[area] and pixels[area].keys() <= others:
            candidates.append((sum(pixels[area].values()), area))
    if not candidates:
        return None
    return sorted(candidates)[max(0, len(candidates) - 2)][1]


def pieces_to_measure(store: PatchStore, regions: Sequence[Region], area: int) -> list[Region]:
    """The pieces of an area; of one with more than MOST_PIECES about so many.

    They are spread over it, and of each class the piece that has most of it is among them.
    """
    pieces = [region for region in regions if region.area == area]
    if len(pieces) <= MOST_PIECES:
        return pieces
    counts = [np.bincount(store[piece].mask.ravel(), minlength=UNKNOWN + 1) for piece in pieces]
    of_classes = np.array(counts)[:, 1:UNKNOWN]
    best = set(of_classes.argmax(0)[of_classes.any(0)].tolist())
    others = [index for index in range(len(pieces)) if index not in best]
    count = min(len(others), max(1, MOST_PIECES - len(best)))
    spread = np.linspace(0, len(others) - 1, count).round().astype(int)
    chosen = sorted(best | {others[place] for place in spread})
    return [pieces[index] for index in chosen]


def deal_folds(store: PatchStore, regions: Sequence[Region]) -> list[frozenset[int]]:
    """All measurable areas in at most MOST_FOLDS parts, for cross-validation.

    Areas of a rare class go to different parts, and so do rich ones, so that what is left still
    teaches all that is asked.
    """
    pixels = _object_pixels(store, regions)
    frequency = Counter(kind for found in pixels.values() for kind in found)

    def order(area: int) -> tuple[int, int, int]:
        rarest = min(pixels[area], key=lambda kind: (frequency[kind], kind), default=0)
        return frequency[rarest], rarest, -sum(pixels[area].values())

    dealt = sorted(pixels, key=order)
    return [frozenset(dealt[i::MOST_FOLDS]) for i in range(min(MOST_FOLDS, len(dealt)))]


def _object_pixels(store: PatchStore, regions: Sequence[Region]) -> dict[int, dict[int, int]]:
    """Of each measurable area that has a known pixel, how many pixels of which class."""
    found: dict[int, dict[int, int]] = {}
    for region in sorted((r for r in regions if r.measurable), key=lambda r: r.area):
        mask = store[region].mask
        values, counts = np.unique(mask[mask != UNKNOWN], return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            own = found.setdefault(region.area, {})
            if value:
                own[value] = own.get(value, 0) + count
    return found


def measure(
    network: Network, store: PatchStore, regions: Sequence[Region], device: Device, classes: int
) -> list[float]:
    """IoU of each class over the known pixels of some regions; NaN for those that are not there."""
    confusion = confuse(network, store, regions, device, classes)
    return intersection_over_union(confusion).tolist()


def confuse(
    network: Network, store: PatchStore, regions: Sequence[Region], device: Device, classes: int
) -> Tensor:
    """Known pixels of some regions by their true and by their predicted class (1 + K, 1 + K)."""
    confusion = torch.zeros(classes + 1, classes + 1, dtype=torch.float64)
    for region in regions:
        patch = store[region]
        logits = forward_whole(network, patch, device)
        guess, truth = logits[:-1].argmax(0), torch.from_numpy(patch.mask).long()
        known = truth != UNKNOWN
        pairs = truth[known] * (classes + 1) + guess[known]
        confusion += torch.bincount(pairs, minlength=(classes + 1) ** 2).view_as(confusion)
    return confusion


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
