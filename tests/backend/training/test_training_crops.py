# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops: pixels and mask move together, nothing is invented, and rare classes are drawn."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.grid import Window
from weft.labels.burn import UNKNOWN
from weft.training.augment import Augmentation, crop, cut, mirrored_index, recolour
from weft.training.patches import LabelledPatch
from weft.training.regions import Region
from weft.training.sampler import CropSampler

MOVES = Augmentation(scale=0.0, gain=0.0, band_gain=0.0, offset=0.0, gamma=0.0, noise=0.0)
SCALES = Augmentation(scale=0.5, gain=0.0, band_gain=0.0, offset=0.0, gamma=0.0, noise=0.0)
REGION = Region(0, Window(0, 0, 1, 1), (1, 1), 0)


def telling_patch(height: int, width: int, seed: int, grain: int = 1) -> LabelledPatch:
    """A patch whose first band is its mask over 10, and whose others tell row and column."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 4, (-(-height // grain), -(-width // grain)))
    mask = coarse.repeat(grain, 0).repeat(grain, 1)[:height, :width].astype(np.uint8)
    rows, columns = np.mgrid[0:height, 0:width]
    bands = [mask / 10, rows / height, columns / width]
    return LabelledPatch(torch.from_numpy(np.stack(bands).astype(np.float32)), mask, mask % 2 > 0)


SIDES = st.integers(5, 70)


@settings(deadline=None, max_examples=40)
@given(SIDES, SIDES, st.integers(0, 10_000), st.sampled_from([16, 32]))
def test_pixels_and_truth_move_together(height: int, width: int, seed: int, size: int) -> None:
    patch = telling_patch(height, width, seed)
    random = np.random.default_rng(seed)
    centre = (int(random.integers(height)), int(random.integers(width)))
    pixels, truth = crop(patch, centre, size, MOVES, random)
    mask = truth.mask
    assert pixels.shape == (3, size, size)
    assert mask.shape == truth.interior.shape == (size, size)
    known = mask != UNKNOWN
    assert known.any()
    assert truth.interior[known].equal(mask[known] % 2)
    torch.testing.assert_close(pixels[0][known] * 10, mask[known].float(), atol=1e-5, rtol=0)


def test_all_eight_turns_and_mirrors_are_drawn() -> None:
    patch, random = telling_patch(64, 64, 0), np.random.default_rng(1)
    seen = set()
    for _ in range(100):
        pixels, _ = crop(patch, (32, 32), 16, MOVES, random)
        down, across = pixels[1:, 1, 0] - pixels[1:, 0, 0], pixels[1:, 0, 1] - pixels[1:, 0, 0]
        seen.add((tuple(down.sign().tolist()), tuple(across.sign().tolist())))
    assert len(seen) == 8


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_scaled_crops_agree_away_from_borders(seed: int) -> None:
    patch = telling_patch(96, 96, seed, grain=24)
    pixels, truth = crop(patch, (48, 48), 32, SCALES, np.random.default_rng(seed))
    mask = truth.mask
    assert truth.interior[mask != UNKNOWN].equal(mask[mask != UNKNOWN] % 2)
    largest = torch.nn.functional.max_pool2d(mask[None].float(), 5, 1, 2)[0]
    least = -torch.nn.functional.max_pool2d(-mask[None].float(), 5, 1, 2)[0]
    inside = (largest == least) & (mask != UNKNOWN)
    torch.testing.assert_close(pixels[0][inside] * 10, mask[inside].float(), atol=1e-4, rtol=0)
    assert set(mask.unique().tolist()) <= {0, 1, 2, 3, UNKNOWN}


def test_beyond_the_patch_it_is_mirrored_and_unknown() -> None:
    patch = telling_patch(10, 12, 0)
    pixels, truth = cut(patch, -4, -3, 20)
    mask = truth.mask
    outside = np.ones((20, 20), bool)
    outside[4:14, 3:15] = False
    assert (mask.numpy() == UNKNOWN).tolist() == outside.tolist()
    assert np.array_equal(mask.numpy()[4:14, 3:15], patch.mask)
    expected = np.pad(patch.pixels.numpy(), ((0, 0), (4, 6), (3, 5)), mode="symmetric")
    np.testing.assert_array_equal(pixels.numpy(), expected)


@given(st.integers(1, 9), st.integers(-60, 60))
def test_mirrored_indexes_stay_inside_and_are_continuous(length: int, start: int) -> None:
    index = mirrored_index(np.arange(start, start + 30), length)
    assert index.min() >= 0
    assert index.max() < length
    assert np.abs(np.diff(index)).max() <= 1
    assert np.array_equal(mirrored_index(np.arange(length), length), np.arange(length))


def test_unknown_pixels_of_a_patch_stay_unknown() -> None:
    patch = telling_patch(40, 40, 0)
    patch.mask[:] = UNKNOWN
    _, truth = crop(patch, (20, 20), 32, SCALES, np.random.default_rng(0))
    assert (truth.mask == UNKNOWN).all()


def test_recoloured_pixels_stay_in_range_and_differ() -> None:
    pixels = torch.rand(3, 16, 16)
    random = np.random.default_rng(0)
    results = [recolour(pixels, Augmentation(), random) for _ in range(20)]
    assert all(r.min() >= 0 and r.max() <= 1 and r.dtype == torch.float32 for r in results)
    assert not any(torch.allclose(r, pixels, atol=1e-3) for r in results)
    torch.testing.assert_close(recolour(pixels, MOVES, random), pixels)


def rare_patch() -> LabelledPatch:
    """Class 2 covers 9 of 40 000 pixels, class 1 a quarter."""
    mask = np.zeros((200, 200), np.uint8)
    mask[:100, :100] = 1
    mask[150:153, 150:153] = 2
    return LabelledPatch(torch.rand(3, 200, 200), mask, mask > 0)


def test_rare_classes_are_drawn_as_often_as_common_ones() -> None:
    store = {REGION: rare_patch()}
    sampler = CropSampler(store, [REGION], 32, Augmentation(), seed=0)
    _, truth = sampler.batch(200)
    shown = Counter(value for mask in truth.mask for value in mask.unique().tolist())
    assert shown[2] > 30
    assert shown[1] > 50
    assert shown[0] > 100


def test_objects_alone_can_be_drawn() -> None:
    patch = rare_patch()
    patch.mask[patch.mask == 0] = UNKNOWN
    _, truth = CropSampler({REGION: patch}, [REGION], 32, Augmentation(), seed=0).batch(20)
    assert all(((mask == 1) | (mask == 2)).any() for mask in truth.mask)


def test_every_crop_has_something_known() -> None:
    patch = rare_patch()
    patch.mask[20:] = UNKNOWN
    _, truth = CropSampler({REGION: patch}, [REGION], 32, Augmentation(), seed=0).batch(60)
    assert all((mask != UNKNOWN).any() for mask in truth.mask)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_draws_the_same_batches(seed: int) -> None:
    def batches(number: int) -> list[torch.Tensor]:
        sampler = CropSampler({REGION: rare_patch_fixed}, [REGION], 32, Augmentation(), number)
        drawn = [sampler.batch(3), sampler.batch(3)]
        return [x for pixels, truth in drawn for x in (pixels, truth.mask, truth.interior)]

    rare_patch_fixed = rare_patch()
    assert all(a.equal(b) for a, b in zip(batches(seed), batches(seed), strict=True))
    assert not batches(seed)[0].equal(batches(seed + 1)[0])
