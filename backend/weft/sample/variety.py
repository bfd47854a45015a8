# SPDX-License-Identifier: GPL-3.0-or-later
"""What may differ from scene to scene, and the light and palette drawn for one of them."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Floats = NDArray[np.float32]


def scaled(colour: Colour, factor: float) -> Colour:
    """A lighter or darker `colour`."""
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)


CLIMATES = ("dry", "tropical", "temperate", "grey")


@dataclass(frozen=True)
class Variety:
    """Ranges that a scene is drawn from; the defaults are wide, for pretraining.

    `water` and `beach` are chances, `lean` the largest displacement in metres per metre of height
    (off-nadir view), `noise` the largest sensor noise in grey levels of 255, `sun_deg` the range of
    the sun's elevation, `block_m` the range of a block's length along the street and `jpeg` the
    range of JPEG qualities.
    """

    climates: tuple[str, ...] = CLIMATES
    water: float = 0.45
    beach: float = 0.25
    shore_at: tuple[float, float] = (-0.25, 0.3)
    rotation_deg: tuple[float, float] = (0.0, 360.0)
    lean: float = 0.22
    curvature: float = 1.0
    noise: float = 3.5
    sun_deg: tuple[float, float] = (30.0, 65.0)
    block_m: tuple[float, float] = (55.0, 120.0)
    jpeg: tuple[int, int] = (72, 95)
    colour_jitter: float = 1.0


@dataclass(frozen=True)
class Palette:
    """Reflectances (linear, 0..1) of one climate."""

    grass: tuple[Colour, Colour]
    soil: tuple[Colour, Colour]
    asphalt: Colour
    concrete: Colour
    paving: Colour
    water: tuple[Colour, Colour]
    tree: tuple[Colour, ...]
    tiles: tuple[Colour, ...]
    metal: tuple[Colour, ...]
    flat: tuple[Colour, ...]
    lush: float  # share of open ground that is green
    roofs: tuple[float, float, float]  # weights of tiled, metal and flat roofs


@dataclass(frozen=True)
class Light:
    """Sun and camera: unit horizontal direction towards the sun, tangent of its elevation, lean."""

    towards: tuple[float, float]
    tangent: float
    lean: tuple[float, float]
    sun: Colour = (1.0, 0.96, 0.88)
    sky: Colour = (0.30, 0.35, 0.43)
    haze: float = 0.02
    exposure: float = 1.0
    gamma: float = 2.2
    noise: float = 2.0
    blur: float = 0.5
    jpeg: int = 90
    cast: Colour = field(default=(1.0, 1.0, 1.0))

    def facing(self, slope_x: float, slope_y: float) -> float:
        """Cosine between the sun and the normal of a plane of slopes `slope_x`, `slope_y`."""
        flat = 1 / math.hypot(1.0, self.tangent)
        sun = (self.towards[0] * flat, self.towards[1] * flat, self.tangent * flat)
        dot = -slope_x * sun[0] - slope_y * sun[1] + sun[2]
        return max(0.0, dot / math.sqrt(1 + slope_x**2 + slope_y**2))


def draw_light(rng: np.random.Generator, variety: Variety) -> Light:
    """One sun, one camera position and one camera for a whole scene."""
    azimuth = rng.uniform(0, 2 * math.pi)
    elevation = math.radians(rng.uniform(*variety.sun_deg))
    view = rng.uniform(0, 2 * math.pi)
    lean = variety.lean * rng.random() if rng.random() < 0.5 else 0.0
    warm = rng.uniform(-0.5, 1.0)
    veiled = rng.uniform(0.6, 1.35)
    jitter = 0.022 * variety.colour_jitter
    red, green, blue = (1 + rng.normal(0, jitter) for _ in range(3))
    return Light(
        towards=(math.cos(azimuth), math.sin(azimuth)),
        tangent=math.tan(elevation),
        lean=(lean * math.cos(view), lean * math.sin(view)),
        sun=(1.0, 0.97 - 0.02 * warm, 0.92 - 0.08 * warm),
        sky=(0.20 * veiled, 0.235 * veiled, 0.285 * veiled),
        haze=rng.uniform(0.0, 0.03),
        exposure=rng.uniform(0.85, 1.2),
        gamma=rng.uniform(1.9, 2.4),
        noise=rng.uniform(0.3, 1.0) * variety.noise,
        blur=rng.uniform(0.15, 0.8),
        jpeg=int(rng.integers(variety.jpeg[0], variety.jpeg[1] + 1)),
        cast=(red, green, blue),
    )
