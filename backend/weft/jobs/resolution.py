# SPDX-License-Identifier: GPL-3.0-or-later
"""The GSD that a model works at, and how much images are resampled to it."""

import math
import statistics
from collections.abc import Sequence

import numpy as np

from weft.errors import RasterError
from weft.labels.read import Labels
from weft.model import MOST_SCALE, scale_between
from weft.polygons.clean import object_sizes
from weft.progress import Context
from weft.raster.inspect import RasterInfo

SMALL_SIDE = 25  # pixels; objects below it are learned better from enlarged images, others are not
FINER = 1.6


def choose_gsd(infos: Sequence[RasterInfo], labels: Labels, context: Context) -> float | None:
    """The model's GSD in metres: the median of the images, None where unknown.

    It is FINER, which is told, where labelled objects have a median side (the root of the area)
    below SMALL_SIDE pixels.
    """
    known = [gsd for info in infos if (gsd := info.grid.gsd_m()) is not None]
    if not known:
        return None
    gsd, sizes = statistics.median_low(known), object_sizes(labels)
    side = np.median(sizes) ** 0.5 / gsd if len(sizes) else math.inf
    finer = gsd / FINER
    if side >= SMALL_SIDE or any(scale_between(other, finer) is None for other in known):
        return gsd
    context.note(
        f"The labelled objects are small, about {side:.0f} pixels a side, so the model works at a "
        f"GSD of {finer:.2g} m instead of {gsd:.2g} m, which finds more of them and takes longer "
        "to predict; choose another with --gsd."
    )
    return finer


def choose_scale(info: RasterInfo, gsd_m: float | None) -> float:
    """The image's GSD over the model's; RasterError when they are too far apart."""
    scale = scale_between(info.grid.gsd_m(), gsd_m)
    if scale is None:
        raise RasterError(
            f"{info.path} has pixels of {info.grid.gsd_m():.3g} m, more than "
            f"{MOST_SCALE:g} times off the {gsd_m:.3g} m of the model; train on images of similar "
            "resolution, or choose another --gsd."
        )
    return scale
