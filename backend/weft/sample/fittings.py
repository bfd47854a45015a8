# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands on the decks of each kind of ship."""

from collections.abc import Callable

import numpy as np

from weft.sample.canvas import Canvas
from weft.sample.hulls import half_width
from weft.sample.things import Ship
from weft.sample.variety import Colour

DECKS: tuple[Colour, ...] = (
    (0.30, 0.10, 0.07),
    (0.13, 0.22, 0.17),
    (0.26, 0.25, 0.24),
    (0.38, 0.20, 0.12),
    (0.18, 0.24, 0.30),
    (0.42, 0.40, 0.36),
)
CONTAINERS: tuple[Colour, ...] = (
    (0.38, 0.08, 0.05),
    (0.05, 0.14, 0.34),
    (0.50, 0.50, 0.48),
    (0.10, 0.25, 0.14),
    (0.48, 0.24, 0.04),
    (0.22, 0.09, 0.06),
    (0.08, 0.27, 0.33),
    (0.55, 0.42, 0.10),
)
WHITE: Colour = (0.72, 0.72, 0.70)


def pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    """One of the colours, a little lighter or darker."""
    tone = rng.uniform(0.8, 1.2)
    red, green, blue = colours[int(rng.integers(len(colours)))]
    return (red * tone, green * tone, blue * tone)


def _block(
    canvas: Canvas,
    ship: Ship,
    at: tuple[float, float],
    size: tuple[float, float],
    colour: Colour,
    rise: float,
) -> None:
    """A box on deck; `at` and `size` are shares of the ship's length and beam."""
    frame = ship.frame.inner(at[0] * ship.length, at[1] * ship.beam)
    canvas.box(frame, (size[0] * ship.length, size[1] * ship.beam), colour, rise)


def _bridge(canvas: Canvas, ship: Ship, rng: np.random.Generator, at: float) -> None:
    """Accommodation in storeys, bridge wings, funnel and mast."""
    _block(canvas, ship, (at, 0), (0.12, 0.82), WHITE, 3.0)
    _block(canvas, ship, (at + 0.01, 0), (0.08, 0.7), WHITE, 2.8)
    _block(canvas, ship, (at + 0.025, 0), (0.028, 0.98), (0.62, 0.63, 0.63), 2.4)
    funnel = pick(rng, CONTAINERS)
    _block(canvas, ship, (at - 0.05, 0), (0.03, 0.2), funnel, 3.2)
    _block(canvas, ship, (at - 0.05, 0), (0.014, 0.1), (0.04, 0.04, 0.04), 0.2)
    for side in (-1, 1):
        _block(canvas, ship, (at - 0.05, side * 0.34), (0.05, 0.09), (0.60, 0.22, 0.05), 0.6)


def _fit_coaster(canvas: Canvas, ship: Ship, rng: np.random.Generator) -> None:
    _bridge(canvas, ship, rng, -0.39)
    hatches = int(rng.integers(2, 5))
    colour = pick(rng, (*DECKS, (0.35, 0.36, 0.36)))
    pitch = 0.62 / hatches
    for k in range(hatches):
        at = -0.27 + (k + 0.5) * pitch
        _block(canvas, ship, (at, 0), (pitch * 0.86, 0.66), colour, 1.2)
        darker = (colour[0] * 0.82, colour[1] * 0.82, colour[2] * 0.82)
        for seam in (-0.2, 0.2):
            _block(canvas, ship, (at + seam * pitch, 0), (0.004, 0.66), darker, 0.05)
        if rng.random() < 0.5:
            mast = ship.frame.inner(
                (at + pitch / 2) * ship.length, 0.28 * ship.beam, rng.uniform(-0.5, 0.5)
            )
            canvas.box(mast, (pitch * 0.8 * ship.length, 0.7), (0.55, 0.42, 0.12), 3.0)
    _block(canvas, ship, (0.42, 0), (0.035, 0.22), (0.5, 0.5, 0.5), 1.5)


def _fit_container(canvas: Canvas, ship: Ship, rng: np.random.Generator) -> None:
    _bridge(canvas, ship, rng, -0.38)
    start, end = -0.29 * ship.length, 0.36 * ship.length
    for row_u in np.arange(start, end - 6.2, 6.7):
        middle = np.float32(row_u + 3.1)
        free = float(half_width(ship, np.asarray([middle + 3.1], np.float32))[0]) - 0.8
        lanes = int(2 * free / 2.55)
        full = rng.random() < 0.85
        for lane in range(lanes):
            v = (lane - (lanes - 1) / 2) * 2.55
            if full or rng.random() < 0.3:
                frame = ship.frame.inner(float(middle), v)
                tiers = 2.6 * int(rng.integers(1, 4))
                canvas.box(frame, (6.06, 2.44), pick(rng, CONTAINERS), tiers)


def _fit_tanker(canvas: Canvas, ship: Ship, rng: np.random.Generator) -> None:
    _bridge(canvas, ship, rng, -0.38)
    pale = (0.45, 0.44, 0.42)
    for v in (-0.09, -0.03, 0.03, 0.09):
        _block(canvas, ship, (0.05, v), (0.66, 0.022), pale, 0.9)
    for u in np.arange(-0.24, 0.36, 0.06):
        _block(canvas, ship, (float(u), 0), (0.006, 0.8), pale, 0.8)
    _block(canvas, ship, (0.05, 0), (0.03, 0.85), (0.38, 0.36, 0.3), 1.2)
    _block(canvas, ship, (0.05, 0.2), (0.10, 0.03), (0.6, 0.45, 0.1), 3.0)


def _fit_ferry(canvas: Canvas, ship: Ship, rng: np.random.Generator) -> None:
    _block(canvas, ship, (-0.04, 0), (0.74, 0.88), WHITE, 5.0)
    _block(canvas, ship, (0.0, 0), (0.56, 0.72), (0.62, 0.64, 0.64), 2.6)
    _block(canvas, ship, (0.26, 0), (0.03, 0.9), (0.2, 0.24, 0.28), 1.5)
    _block(canvas, ship, (-0.14, 0), (0.06, 0.25), pick(rng, CONTAINERS), 3.5)
    for u in np.arange(-0.3, 0.2, 0.1):
        for side in (-1, 1):
            at = (float(u), side * 0.4)
            _block(canvas, ship, at, (0.05, 0.08), (0.65, 0.25, 0.06), 0.8)
    for u in np.arange(-0.2, 0.2, 0.035):
        _block(canvas, ship, (float(u), 0), (0.012, 0.5), (0.45, 0.47, 0.48), 0.1)


def _fit_fishing(canvas: Canvas, ship: Ship, rng: np.random.Generator) -> None:
    at = float(rng.choice([-0.22, 0.16]))
    _block(canvas, ship, (at, 0), (0.2, 0.6), WHITE, 2.2)
    _block(canvas, ship, (at + 0.06, 0), (0.05, 0.5), (0.08, 0.1, 0.13), 0.1)
    _block(canvas, ship, (-at * 0.9, 0), (0.16, 0.45), pick(rng, CONTAINERS), 0.7)
    _block(canvas, ship, (0, 0), (0.5, 0.04), (0.5, 0.42, 0.25), 2.0)


def _fit_yacht(canvas: Canvas, ship: Ship, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:  # sail
        _block(canvas, ship, (0.05, 0), (0.34, 0.42), (0.55, 0.52, 0.48), 0.5)
        _block(canvas, ship, (-0.12, 0), (0.42, 0.06), pick(rng, (WHITE, (0.04, 0.1, 0.3))), 1.2)
        _block(canvas, ship, (-0.36, 0), (0.18, 0.5), (0.36, 0.25, 0.15), -0.2)
        return
    _block(canvas, ship, (0.02, 0), (0.4, 0.66), (0.66, 0.66, 0.66), 1.2)
    _block(canvas, ship, (0.17, 0), (0.07, 0.6), (0.06, 0.07, 0.09), 0.1)
    _block(canvas, ship, (-0.36, 0), (0.16, 0.7), (0.4, 0.3, 0.2), -0.3)


Fitter = Callable[[Canvas, Ship, np.random.Generator], None]
FITTINGS: dict[str, Fitter] = {
    "coaster": _fit_coaster,
    "container": _fit_container,
    "tanker": _fit_tanker,
    "ferry": _fit_ferry,
    "fishing": _fit_fishing,
    "yacht": _fit_yacht,
}
