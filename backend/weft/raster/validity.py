# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels hold data: the rules for nodata, NaN and infinity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]  # float32 or float64
Mask = NDArray[np.bool_]

LARGEST_MEASUREMENT = 1e38  # beyond it lie only nodata of the "lowest float" kind, written loosely


def usable_nodata(nodata: tuple[float | None, ...], dtype: str) -> tuple[float | None, ...]:
    """`nodata` as pixels of `dtype` hold it; None where they cannot (out of range, NaN)."""
    return tuple(None if value is None else _as_held(value, np.dtype(dtype)) for value in nodata)


def _as_held(value: float, dtype: np.dtype[Any]) -> float | None:
    # NaN and infinity are found by `is_finite`, whether declared as nodata or not.
    if not np.isfinite(value):
        return None
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return value if limits.min <= value <= limits.max and value == int(value) else None
    with np.errstate(over="ignore"):
        return float(dtype.type(value))


def is_finite(values: Values) -> Mask:
    """Where every band of `values` (bands, h, w) is a number that can be a measurement, (h, w).

    One band with NaN makes the pixel invalid: a network turns it into NaN everywhere around.
    """
    finite: Mask = np.all(np.abs(values) < LARGEST_MEASUREMENT, axis=0)
    return finite


def is_data(values: Values, nodata: tuple[float | None, ...]) -> Mask:
    """Where any band of `values` (bands, h, w) differs from its `nodata`, (h, w).

    Any, not all: black (0, 0, 0) as nodata must not punch holes into dark but valid (7, 0, 2).
    """
    mask: Mask = values[0] != nodata[0]
    for band, value in zip(values[1:], nodata[1:], strict=True):
        mask |= band != value
    return mask
