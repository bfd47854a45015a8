# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands on roofs: stair houses, machines, skylights, chimneys, windows and solar panels."""

import math

import numpy as np

from weft.sample.canvas import Canvas, Frame, Kind
from weft.sample.roofing import tinted
from weft.sample.things import Roof, Wing
from weft.sample.variety import Colour, scaled

GLASS: Colour = (0.10, 0.12, 0.15)


def draw_flat_details(canvas: Canvas, frame: Frame, roof: Roof, rng: np.random.Generator) -> None:
    """A stair house, air conditioners, tanks and skylights inside the parapet."""
    main = max(roof.wings, key=lambda w: (w.u1 - w.u0) * (w.v1 - w.v0))
    long, wide = main.u1 - main.u0 - 2.0, main.v1 - main.v0 - 2.0
    if min(long, wide) < 3:
        return

    def spot(margin: float) -> Frame:
        u = rng.uniform(main.u0 + 1 + margin, max(main.u1 - 1 - margin, main.u0 + 1.1 + margin))
        v = rng.uniform(main.v0 + 1 + margin, max(main.v1 - 1 - margin, main.v0 + 1.1 + margin))
        return frame.inner(u, v)

    for _ in range(int(rng.poisson(min(6.0, long * wide / 60)))):
        size = (rng.uniform(0.7, 2.0), rng.uniform(0.7, 1.6))
        grey = rng.uniform(0.25, 0.7)
        canvas.box(spot(1.0), size, (grey, grey, grey * 1.02), rng.uniform(0.6, 1.4))
    if rng.random() < 0.55 and min(long, wide) > 6:
        tone = scaled(roof.colour, rng.uniform(0.8, 1.25))
        canvas.box(spot(2), (rng.uniform(2.5, 5), rng.uniform(2.5, 4)), tone, 2.6)
    if rng.random() < 0.3:
        _skylights(canvas, frame, main, rng)
    if rng.random() < 0.12:
        _panels(canvas, frame, main, rng, 0.5)


def _skylights(canvas: Canvas, frame: Frame, main: Wing, rng: np.random.Generator) -> None:
    pitch = rng.uniform(3.0, 6.0)
    bright = rng.uniform(0.45, 0.8)
    v = (main.v0 + main.v1) / 2 + rng.uniform(-0.2, 0.2) * (main.v1 - main.v0)
    for u in np.arange(main.u0 + 2.5, main.u1 - 2.0, pitch):
        canvas.box(frame.inner(float(u), v), (1.2, 2.2), (bright, bright, bright * 1.05), 0.25)


def _panels(
    canvas: Canvas, frame: Frame, wing: Wing, rng: np.random.Generator, side: float
) -> None:
    """Rows of solar modules on the half of the wing that `side` (0 or 1 of its v extent) names."""
    depth = (wing.v1 - wing.v0) * 0.5
    v_middle = wing.v0 + depth * (0.5 + side)
    columns = int(min((wing.u1 - wing.u0 - 1.6) / 1.08, int(rng.integers(3, 11))))
    rows = int(min((depth - 1.0) / 1.7, int(rng.integers(1, 4))))
    start = rng.uniform(wing.u0 + 0.8, max(wing.u0 + 0.81, wing.u1 - 0.8 - columns * 1.08))
    if columns < 2 or rows < 1:
        return
    dark = rng.uniform(0.02, 0.045)
    blue: Colour = (dark, dark * 1.25, dark * rng.uniform(1.5, 2.6))
    patch = canvas.patch(frame, math.hypot(wing.u1 - wing.u0, wing.v1 - wing.v0))
    if patch is None:
        return
    u, v = patch.u - start, patch.v - (v_middle - rows * 0.85)
    inside = (u > 0) & (u < columns * 1.08) & (v > 0) & (v < rows * 1.7)
    inside &= canvas.kind[patch.rows, patch.columns] == Kind.BUILDING
    seam = ((u % 1.08) < 0.09) | ((v % 1.7) < 0.09)
    colour = tinted(blue, np.where(seam, 3.2, 1.0).astype(np.float32))
    canvas.paint(patch, inside, colour)


def draw_pitched_details(
    canvas: Canvas, frame: Frame, roof: Roof, rng: np.random.Generator
) -> None:
    """Chimneys, roof windows and solar panels on the main wing."""
    main = max(roof.wings, key=lambda w: (w.u1 - w.u0) * (w.v1 - w.v0))
    if min(main.u1 - main.u0, main.v1 - main.v0) < 5:
        return
    if roof.surface == "tile":
        for _ in range(int(rng.integers(0, 3))):
            u = rng.uniform(main.u0 + 1, main.u1 - 1)
            v = (main.v0 + main.v1) / 2 + rng.uniform(-1.5, 1.5)
            canvas.box(frame.inner(u, v), (0.9, 0.7), (0.25, 0.17, 0.13), 0.9)
        for _ in range(int(rng.poisson(0.8))):
            u = rng.uniform(main.u0 + 1.2, main.u1 - 1.2)
            v = main.v0 + (main.v1 - main.v0) * float(rng.choice([0.27, 0.73]))
            canvas.box(frame.inner(u, v), (0.8, 1.1), GLASS, 0.05)
    if rng.random() < 0.08 and main.along_u:
        _panels(canvas, frame, main, rng, float(rng.integers(0, 2)))
