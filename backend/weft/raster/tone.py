# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of many tones, seen half way to the tone of those that were labelled.

What was learned on one image holds less for one that is darker or paler. Mean and deviation of each
band are moved as by Reinhard et al. 2001 (10.1109/38.946629), but of the bands as they are, since
they need be no colours.
"""

from dataclasses import replace

import numpy as np

from weft.errors import RasterError
from weft.raster.inspect import RasterInfo
from weft.raster.stretch import Stretch, sample_values
from weft.tone import Tone

MOST_PIXELS = 2**18
LEAST_DEVIATION = 0.02  # water has nearly none, and dividing by it makes noise of everything
SHARE = 0.5  # of the way: what an image shows makes its tone, too, and not its light alone
MOST_GAIN = 2.0  # a lake is not to be stretched until its waves look like something


def tone_of(info: RasterInfo, bands: tuple[int, ...], stretch: Stretch) -> Tone | None:
    """The tone of the valid pixels of `bands`; None where a band has none, or some are damaged.

    It is that of the whole image, whatever part of it is wanted, from a sample.
    """
    try:
        values = sample_values(info.path, bands, MOST_PIXELS)
    except RasterError:
        return None  # whoever needs the damaged part will be told of it
    if not all(band.size for band in values):
        return None
    seen = [stretch.of_band(index).apply(band[None, None]) for index, band in enumerate(values)]
    return Tone(
        tuple(float(band.mean(dtype=np.float64)) for band in seen),
        tuple(max(LEAST_DEVIATION, float(band.std(dtype=np.float64))) for band in seen),
    )


def stretch_of(
    info: RasterInfo, bands: tuple[int, ...], stretch: Stretch, common: Tone | None
) -> Stretch:
    """The stretch by which an image is seen: SHARE of the way from its own tone to `common`.

    Its values are spread by MOST_GAIN at most.
    """
    own = None if common is None else tone_of(info, bands, stretch)
    if common is None or own is None or own == common:
        return stretch
    wanted = own.towards(common, SHARE)
    limits = zip(wanted.deviation, own.deviation, strict=True)
    deviation = tuple(min(wide, MOST_GAIN * now) for wide, now in limits)
    return stretch.retoned(own, replace(wanted, deviation=deviation))
