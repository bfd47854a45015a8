# SPDX-License-Identifier: GPL-3.0-or-later
"""Which crops make a batch: half anywhere that is known, half on objects, rare classes alike."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weft.labels.burn import UNKNOWN
from weft.tone import Tone
from weft.training.augment import Augmentation, crop
from weft.training.patches import PatchStore
from weft.training.regions import Region
from weft.training.tones import in_some_tone
from weft.training.truth import Truth, joined

OBJECT_SHARE = 0.5
MOST_CENTRES = 4096


class Crops:
    """Crops of regions, varied at random but reproducibly for a seed."""

    def __init__(
        self,
        store: PatchStore,
        regions: Sequence[Region],
        size: int,
        settings: Augmentation,
        seed: int,
    ) -> None:
        self.store, self.regions = store, tuple(regions)
        self.size, self.settings = size, settings
        self.random = np.random.default_rng(seed)

    def about(self, index: int, centre: tuple[int, int]) -> tuple[Tensor, Truth]:
        """Pixels (bands, size, size) and truth (size, size) about (row, column) of a region."""
        return crop(self.store[self.regions[index]], centre, self.size, self.settings, self.random)


class CropSampler(Crops):
    """Draws batches of crops with labels; with `tones`, some in the tone of another image."""

    def __init__(
        self,
        store: PatchStore,
        regions: Sequence[Region],
        size: int,
        settings: Augmentation,
        seed: int,
        tones: Mapping[int, Tone] | None = None,
    ) -> None:
        super().__init__(store, regions, size, settings, seed)
        self.tones = tones or {}

    def about(self, index: int, centre: tuple[int, int]) -> tuple[Tensor, Truth]:
        """See `Crops`."""
        pixels, truth = super().about(index, centre)
        if len(self.tones) > 1 and self.random.random() < self.settings.other_tones:
            pixels = in_some_tone(pixels, self.regions[index].image, self.tones, self.random)
        return pixels, truth

    def batch(self, count: int) -> tuple[Tensor, Truth]:
        """Pixels (count, bands, size, size) and truth (count, size, size)."""
        pairs = [self._draw() for _ in range(count)]
        pixels, truths = zip(*pairs, strict=True)
        return torch.stack(pixels), joined(truths, torch.stack)

    def _draw(self) -> tuple[Tensor, Truth]:
        if self.present and (0 not in self.centres or self.random.random() < OBJECT_SHARE):
            kind = int(self.random.choice(self.present))
        else:
            kind = 0
        places = self.centres[kind]
        index, row, column = (int(x) for x in places[self.random.integers(len(places))])
        return self.about(index, (row, column))

    @cached_property
    def present(self) -> list[int]:
        """The classes that there are."""
        return sorted(c for c in self.centres if c != 0)

    @cached_property
    def centres(self) -> dict[int, NDArray[np.int32]]:
        """For each value of the masks, places (N, 3) of region, row, column that have it.

        0 stands for any known pixel.
        """
        found: dict[int, list[NDArray[np.int32]]] = {}
        for index, region in enumerate(self.regions):
            mask = self.store[region].mask
            for value in np.unique(mask[mask != UNKNOWN]):
                here = mask != UNKNOWN if value == 0 else mask == value
                places = np.argwhere(here).astype(np.int32)
                if len(places) > MOST_CENTRES:
                    places = places[self.random.choice(len(places), MOST_CENTRES, replace=False)]
                numbered = np.insert(places, 0, index, axis=1)
                found.setdefault(int(value), []).append(numbered)
        return {value: np.concatenate(parts) for value, parts in found.items()}
