# SPDX-License-Identifier: GPL-3.0-or-later
"""Which area is kept for the figure that the user sees, and how it is measured."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from weft.device import Device
from weft.grid import Window
from weft.labels.burn import UNKNOWN
from weft.training.heldout import (
    MOST_FOLDS,
    choose_held_out,
    deal_folds,
    forward_whole,
    measure,
    pieces_to_measure,
)
from weft.training.patches import LabelledPatch
from weft.training.regions import Region

CPU = Device(torch.device("cpu"), "CPU", None, torch.float32)


def store_of(*areas: dict[int, int]) -> tuple[dict[Region, LabelledPatch], Sequence[Region]]:
    """Areas with so many pixels of each class; the rest is half background, half unknown."""
    store = {}
    for number, classes in enumerate(areas):
        mask = np.zeros((20, 20), np.uint8)
        mask[10:] = UNKNOWN
        flat, start = mask.reshape(-1), 0
        for value, count in classes.items():
            flat[start : start + count] = value
            start += count
        region = Region(0, Window(0, 20 * number, 20, 20), (20, 20), number)
        store[region] = LabelledPatch(torch.zeros(3, 20, 20), mask, mask > 0)
    return store, list(store)


@pytest.mark.parametrize(
    ("areas", "chosen"),
    [
        (({1: 5}, {1: 9}), None),
        (({1: 5}, {1: 9}, {1: 7}), 2),
        (({1: 5}, {1: 9}, {1: 7}, {}), 2),
        (({1: 5}, {1: 9}, {1: 7}, {1: 1}, {1: 20}), 1),
        (({1: 9}, {}, {}), None),
        (({1: 5}, {2: 9}, {3: 7}), None),
        (({1: 5, 2: 4}, {1: 9}, {1: 7}), 2),
        (({1: 5, 2: 4}, {1: 2}, {}), 1),
    ],
)
def test_the_area_held_out_is_rich_and_its_classes_occur_elsewhere(areas, chosen) -> None:
    assert choose_held_out(*store_of(*areas)) == chosen


@pytest.mark.parametrize(("seen", "chosen"), [((), 3), ((3,), 2), ((0, 2, 3), 1), (range(4), None)])
def test_what_the_earlier_model_has_learned_from_is_never_held_out(seen, chosen) -> None:
    store, regions = store_of({1: 5}, {1: 9}, {1: 7}, {1: 8})
    assert choose_held_out(store, regions, seen) == chosen


def test_labels_beside_the_areas_are_never_held_out() -> None:
    store, regions = store_of({1: 5}, {1: 9}, {1: 7})
    alone = {replace(r, measurable=r.area != 2): store[r] for r in regions}
    assert choose_held_out(alone, list(alone)) is None


def test_pieces_of_one_area_are_one_area() -> None:
    store, regions = store_of({1: 5}, {1: 9}, {1: 7})
    together = {Region(0, r.window, r.shape, min(r.area, 1)): store[r] for r in regions}
    assert choose_held_out(together, list(together)) is None


def test_areas_of_which_nothing_is_known_are_none() -> None:
    """As below a later area that covers them, or on nodata."""
    store, regions = store_of({1: 5}, {1: 9}, {1: 7})
    store[regions[0]].mask[:] = UNKNOWN
    assert choose_held_out(store, regions) is None
    assert sorted(deal_folds(store, regions)) == [{1}, {2}]


@pytest.mark.parametrize(
    ("pieces", "objects", "measured"),
    [
        (1, {}, [0]),
        (4, {}, [0, 1, 2, 3]),
        (9, {}, [0, 3, 5, 8]),
        (16, {}, [0, 5, 10, 15]),
        (16, {1: {1: 3}, 2: {1: 9}, 7: {2: 5}}, [0, 2, 7, 15]),
        (16, {index: {index: 5} for index in range(1, 7)}, [0, 1, 2, 3, 4, 5, 6]),
        (5, {index: {index + 1: 5} for index in range(5)}, [0, 1, 2, 3, 4]),
    ],
)
def test_of_a_large_area_some_pieces_are_measured_with_every_class_that_it_has(
    pieces: int, objects: dict[int, dict[int, int]], measured: list[int]
) -> None:
    """Measuring 16 megapixels three times would take half of a minute's training."""
    made, regions = store_of(*(objects.get(index, {}) for index in range(pieces)), {1: 50})
    one = [replace(region, area=1) for region in regions[:pieces]]
    store = dict(zip(one, made.values(), strict=False))
    found = pieces_to_measure(store, [*one, replace(regions[-1], area=0)], 1)
    assert [one.index(piece) for piece in found] == measured


@pytest.mark.parametrize("count", [1, 3, 5, 6, 12, 23])
def test_every_area_has_its_turn_and_parts_are_alike(count) -> None:
    store, regions = store_of(*({1: 1 + 7 * i % 11} for i in range(count)))
    folds = deal_folds(store, regions)
    assert sorted(area for fold in folds for area in fold) == list(range(count))
    assert len(folds) == min(count, MOST_FOLDS)
    assert max(map(len, folds)) - min(map(len, folds)) <= 1


def test_areas_of_a_rare_class_are_in_different_parts() -> None:
    rare = {2, 7, 8}
    areas = [{1: 9, 2: 3} if i in rare else {1: i} for i in range(12)]
    folds = deal_folds(*store_of(*areas))
    assert max(len(fold & rare) for fold in folds) == 1


class Oracle(torch.nn.Module):
    """Sees class 1 where the first band is bright; checks what it is given."""

    multiple = 32

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        assert image.shape[2] % 32 == image.shape[3] % 32 == 0
        assert not self.training
        bright = image[:, :1] - 0.5
        never = torch.full_like(bright, -9)
        return torch.cat([-bright, bright, never, torch.full_like(bright, 99)], dim=1)


def test_a_patch_of_any_size_is_measured_whole() -> None:
    patch = LabelledPatch(torch.rand(3, 45, 70), *np.zeros((2, 45, 70), np.uint8))
    assert forward_whole(Oracle(), patch, CPU).shape == (4, 45, 70)


def test_only_known_pixels_count() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[:10] = 1
    mask[30:] = UNKNOWN
    pixels = torch.zeros(3, 40, 40)
    pixels[:, :5] = 1
    pixels[:, 30:] = 1
    region = Region(0, Window(0, 0, 40, 40), (40, 40), 0)
    store = {region: LabelledPatch(pixels, mask, mask > 0)}
    first, second = measure(Oracle(), store, [region], CPU, 2)
    assert first == pytest.approx(0.5)
    assert math.isnan(second)
