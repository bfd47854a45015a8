# SPDX-License-Identifier: GPL-3.0-or-later
"""The colours of four climates, and one palette drawn near one of them."""

from dataclasses import replace

import numpy as np

from weft.sample.variety import Colour, Palette, Variety

TILES: tuple[Colour, ...] = (
    (0.42, 0.17, 0.08),
    (0.50, 0.21, 0.10),
    (0.36, 0.13, 0.08),
    (0.30, 0.16, 0.11),
    (0.22, 0.12, 0.09),
    (0.10, 0.10, 0.11),
    (0.17, 0.17, 0.18),
    (0.46, 0.30, 0.18),
)
METAL: tuple[Colour, ...] = (
    (0.33, 0.06, 0.08),
    (0.40, 0.12, 0.06),
    (0.06, 0.16, 0.36),
    (0.09, 0.30, 0.42),
    (0.11, 0.25, 0.16),
    (0.44, 0.46, 0.47),
    (0.58, 0.59, 0.58),
    (0.27, 0.24, 0.21),
    (0.33, 0.21, 0.14),
    (0.14, 0.16, 0.19),
)
FLAT: tuple[Colour, ...] = (
    (0.36, 0.35, 0.33),
    (0.28, 0.27, 0.26),
    (0.48, 0.46, 0.42),
    (0.66, 0.66, 0.64),
    (0.17, 0.17, 0.17),
    (0.30, 0.20, 0.16),
    (0.20, 0.25, 0.22),
)

PALETTES: dict[str, Palette] = {
    "dry": Palette(
        grass=((0.21, 0.20, 0.09), (0.29, 0.25, 0.14)),
        soil=((0.40, 0.29, 0.18), (0.53, 0.42, 0.29)),
        asphalt=(0.20, 0.19, 0.18),
        concrete=(0.44, 0.41, 0.36),
        paving=(0.47, 0.40, 0.32),
        water=((0.025, 0.085, 0.10), (0.06, 0.16, 0.17)),
        tree=((0.119, 0.153, 0.06), (0.17, 0.187, 0.085), (0.102, 0.128, 0.068)),
        tiles=TILES[:2] + TILES[7:],
        metal=METAL,
        flat=(*FLAT[:4], (0.55, 0.48, 0.38)),
        lush=0.25,
        roofs=(0.25, 0.25, 0.5),
    ),
    "tropical": Palette(
        grass=((0.065, 0.105, 0.032), (0.13, 0.165, 0.062)),
        soil=((0.33, 0.16, 0.08), (0.46, 0.27, 0.16)),
        asphalt=(0.19, 0.17, 0.155),
        concrete=(0.40, 0.37, 0.34),
        paving=(0.44, 0.33, 0.25),
        water=((0.02, 0.06, 0.06), (0.06, 0.11, 0.08)),
        tree=(
            (0.051, 0.128, 0.031),
            (0.093, 0.187, 0.043),
            (0.051, 0.102, 0.043),
            (0.136, 0.221, 0.051),
        ),
        tiles=TILES[:4],
        metal=METAL,
        flat=FLAT[:3],
        lush=0.6,
        roofs=(0.35, 0.5, 0.15),
    ),
    "temperate": Palette(
        grass=((0.075, 0.12, 0.04), (0.14, 0.17, 0.07)),
        soil=((0.24, 0.19, 0.13), (0.34, 0.28, 0.20)),
        asphalt=(0.155, 0.155, 0.16),
        concrete=(0.38, 0.37, 0.35),
        paving=(0.33, 0.30, 0.28),
        water=((0.018, 0.04, 0.045), (0.04, 0.07, 0.06)),
        tree=(
            (0.06, 0.111, 0.034),
            (0.102, 0.153, 0.051),
            (0.051, 0.085, 0.043),
            (0.153, 0.153, 0.051),
        ),
        tiles=TILES[:7],
        metal=METAL[5:] + METAL[:2],
        flat=FLAT,
        lush=0.75,
        roofs=(0.6, 0.12, 0.28),
    ),
    "grey": Palette(
        grass=((0.085, 0.095, 0.06), (0.14, 0.14, 0.09)),
        soil=((0.26, 0.245, 0.22), (0.36, 0.34, 0.31)),
        asphalt=(0.17, 0.17, 0.175),
        concrete=(0.37, 0.37, 0.37),
        paving=(0.35, 0.33, 0.31),
        water=((0.03, 0.042, 0.045), (0.055, 0.07, 0.07)),
        tree=((0.068, 0.085, 0.051), (0.102, 0.111, 0.068), (0.085, 0.085, 0.068)),
        tiles=TILES[3:7],
        metal=METAL[4:],
        flat=FLAT,
        lush=0.45,
        roofs=(0.2, 0.35, 0.45),
    ),
}


def shift(rng: np.random.Generator, colour: Colour, amount: float, hue: float = 0.22) -> Colour:
    """`colour` with its brightness moved by about `amount`, its hue by `hue` times that."""
    light = rng.normal(0, amount)
    red, green, blue = (c * float(np.exp(light + rng.normal(0, amount * hue))) for c in colour)
    return (min(red, 0.9), min(green, 0.9), min(blue, 0.9))


def draw_palette(rng: np.random.Generator, variety: Variety) -> Palette:
    """A palette near one of the variety's climates."""
    base = PALETTES[variety.climates[int(rng.integers(len(variety.climates)))]]
    jitter = 0.16 * variety.colour_jitter

    def near(colour: Colour, hue: float = 0.4) -> Colour:
        return shift(rng, colour, jitter, hue)

    return replace(
        base,
        grass=(near(base.grass[0]), near(base.grass[1])),
        soil=(near(base.soil[0]), near(base.soil[1])),
        asphalt=near(base.asphalt, 0.1),
        concrete=near(base.concrete, 0.1),
        paving=near(base.paving, 0.2),
        water=(near(base.water[0]), near(base.water[1])),
        tree=tuple(near(colour) for colour in base.tree),
        lush=float(np.clip(base.lush + rng.normal(0, 0.15), 0.05, 0.95)),
    )
