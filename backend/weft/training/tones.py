# SPDX-License-Identifier: GPL-3.0-or-later
"""The tones of images, and crops in the tone of another image than their own.

Objects that look one way where they are labelled look another way in other images of the same
scene. Mean and deviation are moved as by Reinhard et al. 2001 (10.1109/38.946629), but of the bands
as they are, since they need be no colours. A single image has a single tone, and keeps it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from weft.raster.tone import LEAST_DEVIATION
from weft.tone import Tone
from weft.training.patches import PatchStore
from weft.training.regions import Region


def tones_of(store: PatchStore, regions: Sequence[Region]) -> dict[int, Tone]:
    """The tone of each image, as far as regions show valid pixels of it."""
    sums: dict[int, Tensor] = {}
    for region in regions:
        pixels = store[region].pixels.flatten(1)
        # pixels that are not valid are 0 in all bands, like few that are darker than the stretch
        known = pixels[:, pixels.any(0)].double()
        count = torch.full((len(known),), known.shape[1], dtype=torch.double)
        here = torch.stack([count, known.sum(1), known.square().sum(1)])
        sums[region.image] = sums.get(region.image, 0) + here
    return {image: _tone(*each) for image, each in sums.items() if each[0, 0]}


def _tone(count: Tensor, total: Tensor, squares: Tensor) -> Tone:
    mean = total / count
    deviation = (squares / count - mean.square()).clamp_min(LEAST_DEVIATION**2).sqrt()
    return Tone(tuple(mean.tolist()), tuple(deviation.tolist()))


def retoned(pixels: Tensor, own: Tone, wanted: Tone) -> Tensor:
    """Pixels (bands, h, w) of an image of tone `own` as if it had the tone `wanted`, in 0..1."""
    gain = _plane(wanted.deviation) / _plane(own.deviation)
    return (gain * (pixels - _plane(own.mean)) + _plane(wanted.mean)).clamp(0, 1)


def _plane(values: Sequence[float]) -> Tensor:
    return torch.tensor(values).view(-1, 1, 1)


def in_some_tone(
    pixels: Tensor, image: int, tones: Mapping[int, Tone], random: np.random.Generator
) -> Tensor:
    """Pixels (bands, h, w) of an image in a tone between its own and that of any image."""
    other = tones[int(random.choice(sorted(tones)))]
    own = tones.get(image, other)
    return retoned(pixels, own, own.towards(other, float(random.random())))
