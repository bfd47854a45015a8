# SPDX-License-Identifier: GPL-3.0-or-later
"""From the canvas to a photograph: cast shadows, sky light, and the camera's softness and noise."""

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from weft.sample.canvas import Canvas
from weft.sample.texture import enlarge, shrink, smooth_noise
from weft.sample.variety import Floats, Light

RUN = 8  # fine pixels that are marched one by one before distances double


def cast_shadows(height: Floats, step: float, light: Light) -> NDArray[np.bool_]:
    """Which pixels (H, W) lie in shadow of something higher towards the sun.

    Marches RUN single pixels, then doubles the distance: the highest obstacle over a far ray costs
    a handful of shifted maxima. A leaning view only bends the ray's direction in the image.
    """
    direction = [
        s + light.tangent * lean for s, lean in zip(light.towards, light.lean, strict=True)
    ]
    norm = math.hypot(*direction)
    stride = (round(RUN * direction[0] / norm), round(RUN * direction[1] / norm))
    along = math.hypot(*stride) / norm * step * light.tangent  # metres the ray rises in one run
    highest = height.copy()
    for k in range(1, RUN):
        dx, dy = round(stride[0] * k / RUN), round(stride[1] * k / RUN)
        _raise_to(highest, height, dx, dy, along * k / RUN)
    runs, reach = 1, float(height.max() - height.min())
    while runs * along < reach:
        far = highest.copy()
        _raise_to(highest, far, stride[0] * runs, stride[1] * runs, along * runs)
        runs *= 2
    return highest > height + 0.12


def _raise_to(target: Floats, source: Floats, dx: int, dy: int, drop: float) -> None:
    """target(p) = max(target(p), source(p + d) - drop), where p + d is on the canvas."""
    rows, columns = target.shape
    if abs(dx) >= columns or abs(dy) >= rows:
        return
    here = (slice(max(0, -dy), rows - max(0, dy)), slice(max(0, -dx), columns - max(0, dx)))
    there = (slice(max(0, dy), rows - max(0, -dy)), slice(max(0, dx), columns - max(0, -dx)))
    np.maximum(target[here], source[there] - np.float32(drop), out=target[here])


def sky_view(height: Floats, step: float) -> Floats:
    """Share of sky light (H, W) that reaches each pixel: less between walls."""
    factor = max(2, round(0.8 / step))
    coarse = shrink(height, factor)
    wide = enlarge(shrink(coarse, 4), coarse.shape)
    around = enlarge((coarse + wide) * 0.5, height.shape)
    share: Floats = np.clip(1.0 - 0.09 * (around - height), 0.45, 1.08)
    return share


def develop(canvas: Canvas, rng: np.random.Generator, factor: int) -> NDArray[np.uint8]:
    """The photograph (3, H // factor, W // factor) of the canvas."""
    light = canvas.light
    lit = canvas.facing * ~cast_shadows(canvas.height, canvas.step, light)
    sky = sky_view(canvas.height, canvas.step)
    bands = []
    for band in range(3):
        radiance = canvas.albedo[band] * (light.sun[band] * lit + light.sky[band] * sky)
        bands.append(shrink(radiance, factor))
    linear = np.stack(bands)
    return _expose(_blur(linear, light.blur), rng, light)


def _blur(linear: Floats, strength: float) -> Floats:
    """The optics' point spread: a three-tap filter both ways; `strength` 1 is [1 2 1] / 4."""
    side = np.float32(strength / 4)
    for axis in (1, 2):
        padded = np.concatenate(
            [linear.take([0], axis), linear, linear.take([-1], axis)], axis=axis
        )
        before = padded.take(range(linear.shape[axis]), axis)
        after = padded.take(range(2, linear.shape[axis] + 2), axis)
        linear = linear * (1 - 2 * side) + (before + after) * side
    return linear


def _expose(linear: Floats, rng: np.random.Generator, light: Light) -> NDArray[np.uint8]:
    """Haze, an uneven illumination, tone curve, sensor noise and JPEG."""
    shape = linear.shape[1:]
    uneven = 1 + 0.05 * enlarge(rng.uniform(-1, 1, (3, 3)).astype(np.float32), shape)
    veil = np.asarray([0.75, 0.9, 1.1], dtype=np.float32)[:, None, None] * light.haze
    cast = np.asarray(light.cast, dtype=np.float32)[:, None, None]
    exposed = (linear * 1.2 * light.exposure * uneven + veil) * cast
    # A soft shoulder keeps white roofs from burning out at once.
    toned = (exposed / (1 + 0.28 * exposed * exposed)) ** (1 / light.gamma)
    toned = toned + 0.07 * (toned - 0.45) * (1 - np.abs(2 * toned - 1)) * 2
    grey = smooth_noise(rng, shape, 1.6) * 0.6 + 0.5 * rng.standard_normal(shape, dtype=np.float32)
    colour = rng.standard_normal(linear.shape, dtype=np.float32) * 0.5
    values = np.clip(toned * 255 + light.noise * (grey + colour), 0, 255).astype(np.uint8)
    packed = io.BytesIO()
    Image.fromarray(values.transpose(1, 2, 0)).save(packed, "JPEG", quality=light.jpeg)
    return np.ascontiguousarray(np.asarray(Image.open(packed)).transpose(2, 0, 1))
