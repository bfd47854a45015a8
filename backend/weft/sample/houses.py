# SPDX-License-Identifier: GPL-3.0-or-later
"""Designs single buildings: houses of several shapes, sheds and halls."""

from itertools import pairwise

import numpy as np

from weft.sample.canvas import Frame
from weft.sample.plan import Town
from weft.sample.things import Roof, Wing
from weft.sample.variety import Colour

FACADES: tuple[Colour, ...] = (
    (0.55, 0.52, 0.46),
    (0.62, 0.60, 0.57),
    (0.48, 0.38, 0.28),
    (0.40, 0.24, 0.18),
    (0.36, 0.36, 0.36),
)


def surface_for(town: Town, size: float) -> tuple[str, Colour, float]:
    """A roof's surface, colour and pitch; large roofs are flat or of metal."""
    palette, rng = town.palette, town.rng
    share = np.asarray(palette.roofs) * ((1, 1, 1) if size < 16 else (0.08, 1.2, 1.5))
    surface = str(rng.choice(["tile", "metal", "flat"], p=share / share.sum()))
    if surface == "tile":
        return surface, town.colour(palette.tiles), rng.uniform(0.45, 0.9)
    if surface == "metal":
        return surface, town.colour(palette.metal), rng.uniform(0.12, 0.4)
    return surface, town.colour(palette.flat), 0.0


def draw_house(town: Town, frame: Frame, wide: float, deep: float) -> Roof:
    """A house within `wide` times `deep` metres: rectangular, L, T or U shaped."""
    rng = town.rng
    surface, colour, pitch = surface_for(town, wide)
    a, b = wide / 2, deep / 2
    form = "flat" if surface == "flat" else str(rng.choice(["gable", "hip"], p=[0.6, 0.4]))
    shape = str(rng.choice(["I", "L", "T", "U"], p=[0.5, 0.27, 0.15, 0.08]))
    if wide < 8 or deep < 6.5:
        shape = "I"
    arm = rng.uniform(0.32, 0.46) * wide
    spine = b * rng.uniform(0.0, 0.35)
    wings: tuple[Wing, ...]
    if shape == "I":
        wings = (Wing(-a, a, -b, b, form if form != "gable" or deep > 5 else "shed", wide > deep),)
    elif shape == "L":
        side = -a if rng.random() < 0.5 else a - arm
        wings = (Wing(-a, a, -b, spine, form), Wing(side, side + arm, -b, b, form, False))
    elif shape == "T":
        at = rng.uniform(-0.3, 0.3) * (wide - arm) / 2
        wings = (Wing(-a, a, -b, spine, form), Wing(at - arm / 2, at + arm / 2, -b, b, form, False))
    else:
        arm = 0.3 * wide
        wings = (
            Wing(-a, a, -b, 0, form),
            Wing(-a, -a + arm, -b, b, form, False),
            Wing(a - arm, a, -b, b, form, False),
        )
    eave = float(rng.choice([2.8, 3.2, 5.6, 6.2, 8.8], p=[0.3, 0.2, 0.28, 0.17, 0.05]))
    return Roof(frame, wings, eave, pitch, surface, colour, town.colour(FACADES), town.seed())


def draw_shed(town: Town, frame: Frame, size: tuple[float, float]) -> Roof:
    """A small outbuilding."""
    a, b = size[0] / 2, size[1] / 2
    surface = "metal" if town.rng.random() < 0.7 else "tile"
    colour = town.colour(town.palette.metal if surface == "metal" else town.palette.tiles)
    wing = Wing(-a, a, -b, b, "shed" if town.rng.random() < 0.6 else "gable")
    return Roof(
        frame.inner(0, 0, town.rng.normal(0, 0.06)),
        (wing,),
        2.3,
        0.3,
        surface,
        colour,
        town.colour(FACADES),
        town.seed(),
    )


def draw_hall(town: Town, frame: Frame, wide: float, deep: float) -> Roof:
    """A large building: flat, or several parallel gables of metal."""
    rng = town.rng
    surface, colour, pitch = surface_for(town, max(wide, 17))
    a, b = wide / 2, deep / 2
    if surface == "flat":
        cut = rng.uniform(0.0, 0.45)
        wings: tuple[Wing, ...] = (
            Wing(-a, a, -b, b * (1 - cut), "flat"),
            Wing(-a, a * rng.uniform(-0.4, 0.6), -b, b, "flat"),
        )
    else:
        bays = int(rng.integers(1, 1 + max(1, int(deep // 9))))
        edges = np.linspace(-b, b, bays + 1)
        wings = tuple(Wing(-a, a, float(lo), float(hi), "gable") for lo, hi in pairwise(edges))
        pitch = min(pitch, 0.22)
    eave = rng.uniform(5, 11)
    return Roof(frame, wings, eave, pitch, surface, colour, town.colour(FACADES), town.seed())
