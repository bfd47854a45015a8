# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a figure from a few places can be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

LEAST_PLACES = 3
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A share from 0 to 1, and the limits between which it lies with 95 % confidence."""

    value: float
    low: float
    high: float


def ratio(tops: ArrayLike, bottoms: ArrayLike) -> Estimate | None:
    """The sum of `tops` (N,) over that of `bottoms` (N,), each pair from a place of its own.

    The limits are those of Tukey's jackknife over places (Miller 1974,
    10.1093/biomet/61.1.1), with Student's t for their small number, cut to 0 and 1. None with
    fewer than LEAST_PLACES places that tell anything.
    """
    top, bottom = np.asarray(tops, float), np.asarray(bottoms, float)
    top, bottom = top[bottom > 0], bottom[bottom > 0]
    count = len(bottom)
    if count < LEAST_PLACES:
        return None
    whole = top.sum() / bottom.sum()
    without = (top.sum() - top) / (bottom.sum() - bottom)
    pseudo = count * whole - (count - 1) * without
    reach = stdtrit(count - 1, (1 + CONFIDENCE) / 2) * pseudo.std(ddof=1) / np.sqrt(count)
    low, high = np.clip([whole - reach, whole + reach], 0, 1)
    return Estimate(*(round(float(x), 4) for x in (whole, low, high)))
