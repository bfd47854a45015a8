# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops in the tone of other images of the scene."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from weft.grid import Window
from weft.training.augment import Augmentation
from weft.training.patches import LabelledPatch
from weft.training.regions import Region
from weft.training.sampler import CropSampler
from weft.training.tones import retoned, tones_of

SIDE = 64
STILL = Augmentation(0, 0, 0, 0, 0, 0, other_tones=1.0)


def scene(*means: float) -> dict[Region, LabelledPatch]:
    """An image for each mean, half of it a roof."""
    random = np.random.default_rng(0)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, : SIDE // 2] = 1
    patches = {}
    for image, mean in enumerate(means):
        pixels = random.normal(mean, 0.03, (3, SIDE, SIDE)).astype(np.float32)
        region = Region(image, Window(0, 0, SIDE, SIDE), (SIDE, SIDE), image)
        patches[region] = LabelledPatch(torch.from_numpy(pixels), mask, mask > 0)
    return patches


def means_of(patches, settings: Augmentation = STILL) -> list[float]:
    """The means of crops of the first image."""
    first, *_ = patches
    sampler = CropSampler(patches, [first], 32, settings, 0, tones_of(patches, list(patches)))
    return sampler.batch(60)[0].mean((1, 2, 3)).tolist()


def test_crops_of_one_image_take_the_tones_of_the_others() -> None:
    found = means_of(scene(0.3, 0.7))
    assert min(found) == pytest.approx(0.3, abs=0.01)
    assert 0.6 < max(found) < 0.71
    # half of the draws find the image itself
    assert 10 < sum(mean > 0.32 for mean in found) < 45


def test_a_single_image_keeps_its_tone() -> None:
    assert means_of(scene(0.3)) == pytest.approx([0.3] * 60, abs=0.01)


def test_the_share_of_such_crops_can_be_none() -> None:
    found = means_of(scene(0.3, 0.7), replace(STILL, other_tones=0.0))
    assert found == pytest.approx([0.3] * 60, abs=0.01)


def test_a_retoned_image_has_the_tone_and_the_shapes() -> None:
    patches = scene(0.3, 0.6)
    first, second = (patch.pixels for patch in patches.values())
    tones = tones_of(patches, list(patches))
    changed = retoned(first, tones[0], tones[1])
    assert float(changed.mean()) == pytest.approx(float(second.mean()), abs=1e-3)
    assert torch.corrcoef(torch.stack([first[0].flatten(), changed[0].flatten()]))[0, 1] > 0.999


def test_ground_without_data_is_no_tone() -> None:
    patches = scene(0.5, 0.5)
    half, _ = patches.values()
    half.pixels[:, SIDE // 2 :] = 0
    holed, whole = tones_of(patches, list(patches)).values()
    assert holed.mean == pytest.approx(whole.mean, abs=0.01)
    assert holed.deviation == pytest.approx(whole.deviation, abs=0.01)
