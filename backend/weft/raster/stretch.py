# SPDX-License-Identifier: GPL-3.0-or-later
"""The linear stretch of raw values to 0..1, fitted robustly once and kept with the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window as Box

from weft.errors import RasterError
from weft.raster.inspect import RasterInfo
from weft.raster.opening import naming
from weft.raster.pixels import Source, open_source
from weft.raster.sampling import sample_boxes
from weft.raster.validity import Mask, Values
from weft.tone import Tone

MOST_VALUES = 2**24  # over all images and bands, so that the fit stays below about 150 MB
MOST_PIXELS, LEAST_PIXELS = 2**20, 2**10  # of one image


@dataclass(frozen=True)
class Stretch:
    """For every band the raw value that becomes 0 (`low`) and the one that becomes 1 (`high`)."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def apply(self, pixels: Values) -> NDArray[np.float32]:
        """`pixels` (bands, h, w) stretched and clipped to 0..1, in place where it is float32."""
        low = np.array(self.low, pixels.dtype)[:, None, None]
        span = np.array(self.high, np.float64) - np.array(self.low, np.float64)
        # Subtract first: with large offsets a fused scale and shift would lose float32's digits.
        with np.errstate(over="ignore"):  # nodata may be the lowest float
            pixels -= low
            pixels *= (1 / span).astype(pixels.dtype)[:, None, None]
        np.clip(pixels, 0, 1, out=pixels)
        return pixels.astype(np.float32, copy=False)

    def of_band(self, index: int) -> "Stretch":
        """That of one band alone, counted from 0."""
        return Stretch((self.low[index],), (self.high[index],))

    def retoned(self, own: Tone, wanted: Tone) -> "Stretch":
        """The stretch that gives an image of the tone `own` the tone `wanted`."""
        low, high = np.array(self.low), np.array(self.high)
        gain = np.array(wanted.deviation) / np.array(own.deviation)
        # the value that becomes 0 is where gain · (value - own mean) + wanted mean vanishes
        start = low + (high - low) * (np.array(own.mean) - np.array(wanted.mean) / gain)
        stop = start + (high - low) / gain
        return Stretch(tuple(start.tolist()), tuple(stop.tolist()))


def fit_stretch(
    infos: Sequence[RasterInfo],
    bands: tuple[int, ...],
    percentiles: tuple[float, float] = (1, 99),
) -> Stretch:
    """Fit a stretch of `bands` to the valid pixels of all images together.

    Each image is read decimated (from overviews where it has them), or by a regular choice of its
    blocks where that would be slow. RasterError when an image is damaged or no pixel is valid.
    """
    budget = MOST_VALUES // (len(bands) * len(infos))
    pixels = min(max(budget, LEAST_PIXELS), MOST_PIXELS)
    samples = [sample_values(info.path, bands, pixels) for info in infos]
    pooled = [np.concatenate(values) for values in zip(*samples, strict=True)]
    if not all(values.size for values in pooled):
        raise RasterError(
            f"{infos[0].path} has no valid pixels to fit a stretch to"
            f"{' in a band' if any(values.size for values in pooled) else ''}; "
            "check its nodata value, its transparency and the choice of bands."
        )
    limits = [_limits(values, percentiles) for values in pooled]
    return Stretch(tuple(low for low, _ in limits), tuple(high for _, high in limits))


def sample_values(path: Path, bands: tuple[int, ...], most: int) -> list[NDArray[np.float64]]:
    """About `most` valid values of each band; RasterError where the image is damaged."""
    source = open_source(path, bands)
    try:
        parts = [
            _valid_values(source, *_read(source, box, shape))
            for box, shape in sample_boxes(source.info, most)
        ]
    finally:
        source.close()
    return [np.concatenate(values) for values in zip(*parts, strict=True)]


def _read(source: Source, box: Box, shape: tuple[int, int]) -> tuple[Values, Mask | None]:
    part = (
        f"the window at column {box.col_off}, row {box.row_off} ({box.width} x {box.height} pixels)"
    )
    with naming(source.info.path, part):
        return source.read(box, shape, Resampling.nearest)


def _valid_values(source: Source, pixels: Values, valid: Mask | None) -> list[Values]:
    """Valid values of each band; a pixel that is valid may still lack one of its bands."""
    chosen = pixels.reshape(len(pixels), -1) if valid is None else pixels[:, valid]
    if source.table is not None:
        return list(chosen)
    return [
        values if nodata is None else values[values != nodata]
        for values, nodata in zip(chosen, source.nodata, strict=True)
    ]


def _limits(values: Values, percentiles: tuple[float, float]) -> tuple[float, float]:
    """Two different limits, wider ones where the percentiles fall together."""
    low, high = (float(value) for value in np.percentile(values, percentiles))
    if low < high:
        return low, high
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low, low + max(1.0, abs(low) * 1e-3))
