# SPDX-License-Identifier: GPL-3.0-or-later
"""What each step is shown: labelled crops, and at times one of ground without labels."""

from dataclasses import dataclass

import torch
from torch import Tensor

from weft.training.sampler import CropSampler
from weft.training.truth import Truth, joined
from weft.training.unlabelled import GLANCE_EVERY, WATCHED_STEPS, Elsewhere, ShareLimit


@dataclass(frozen=True)
class Batch:
    """Crops (B, bands, H, W) and their truth (B, H, W); the first `labelled` have labels."""

    pixels: Tensor
    truth: Truth
    labelled: int


class Batches:
    """Draws batches of `count` crops, onto a device; `drawn` counts them."""

    def __init__(
        self, count: int, device: torch.device, elsewhere: Elsewhere | None, limit: ShareLimit
    ) -> None:
        self.count, self.device = count, device
        self.elsewhere, self.limit = elsewhere, limit
        self.drawn = 0

    def draw(self, sampler: CropSampler) -> Batch:
        """The last crop shows ground without labels, in each batch while objects flood that."""
        drawn, limit = self.drawn, self.limit
        self.drawn += 1
        watched = drawn < WATCHED_STEPS or limit.exceeded or drawn % GLANCE_EVERY == 0
        if self.elsewhere is None or not watched:
            return self._placed(*sampler.batch(self.count), self.count)
        pixels, truth = sampler.batch(labelled := max(1, self.count - 1))
        more, unknown = self.elsewhere.draw()
        return self._placed(torch.cat([pixels, more]), joined([truth, unknown]), labelled)

    def _placed(self, pixels: Tensor, truth: Truth, labelled: int) -> Batch:
        pixels = pixels.to(self.device).contiguous(memory_format=torch.channels_last)
        return Batch(pixels, truth.each(lambda x: x.to(self.device)), labelled)
