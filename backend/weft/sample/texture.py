# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise: smooth random fields of many scales, made by enlarging small random grids."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from weft.sample.variety import Floats


@dataclass(frozen=True)
class Fields:
    """Zero-mean fields of unit deviation: pixel-sized, metre-sized and street-sized."""

    grain: Floats
    clump: Floats
    patch: Floats


def enlarge(field: Floats, shape: tuple[int, int]) -> Floats:
    """`field` (h, w) resampled to `shape` by bicubic interpolation."""
    image = Image.fromarray(field).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)


def shrink(field: Floats, factor: int) -> Floats:
    """`field` (h, w) averaged over squares of `factor` pixels."""
    return np.asarray(Image.fromarray(field).reduce(factor), dtype=np.float32)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Floats:
    """Unit-variance noise (h, w) whose features are about `cell` pixels wide."""
    rows, columns = (max(2, int(np.ceil(side / cell)) + 1) for side in shape)
    return enlarge(rng.standard_normal((rows, columns), dtype=np.float32), shape)


def octaves(
    rng: np.random.Generator, shape: tuple[int, int], cell: float, count: int, fall: float = 0.55
) -> Floats:
    """Fractal noise (h, w): `count` octaves from `cell` pixels down, each `fall` times weaker."""
    # Each octave is added on its own small grid: only the last enlargement is of full size.
    weight, total = 1.0, None
    for octave in range(count):
        size = max(1.0, cell / 2**octave)
        rows, columns = (max(2, int(np.ceil(side / size)) + 1) for side in shape)
        noise = weight * rng.standard_normal((rows, columns), dtype=np.float32)
        total = noise if total is None else enlarge(total, (rows, columns)) + noise
        weight *= fall
    assert total is not None, "at least one octave"
    field = enlarge(total, shape)
    return field / np.float32(max(float(total.std()), 1e-6))


def draw_fields(rng: np.random.Generator, shape: tuple[int, int], step: float) -> Fields:
    """The fields that all surfaces of a scene share; `step` is the canvas pixel in metres."""
    grain = 0.75 * rng.standard_normal(shape, dtype=np.float32)
    grain += 0.65 * smooth_noise(rng, shape, max(1.5, 0.3 / step))
    return Fields(
        grain=grain,
        clump=octaves(rng, shape, 1.6 / step, 3, 0.7),
        patch=octaves(rng, shape, 18.0 / step, 5, 0.62),
    )


def smoothstep(value: Floats, low: float | Floats, high: float | Floats) -> Floats:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    result: Floats = t * t * (3.0 - 2.0 * t)
    return result
