# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of hulls."""

import numpy as np
from shapely.geometry import Polygon

from weft.sample.things import Ship
from weft.sample.variety import Floats


def half_width(ship: Ship, u: Floats) -> Floats:
    """Half the hull's width in metres, `u` metres forward of its middle; negative off its ends."""
    t = u / ship.length + 0.5
    small = ship.style in ("fishing", "yacht")
    bow = 0.52 if small else max(0.16, min(0.35, 1.1 * ship.beam / ship.length))
    fore = np.clip((1.0 - t) / bow, 0, 1)
    taper = (1 - (1 - fore) ** (1.9 if small else 2.2)) ** 0.8
    aft = 0.8 + 0.2 * np.clip(t / 0.12, 0, 1)
    width = ship.beam / 2 * taper * aft
    return np.where((t < 0) | (t > 1), -1.0, width).astype(np.float32)


def hull(ship: Ship) -> Polygon:
    """The deck's outline in metres on the canvas."""
    u = np.concatenate([np.linspace(-0.5, 0.2, 8), np.linspace(0.25, 0.5, 14)]) * ship.length
    w = np.maximum(half_width(ship, u.astype(np.float32)), 0.0)
    right = [ship.frame.place(float(a), float(b)) for a, b in zip(u, w, strict=True)]
    left = [ship.frame.place(float(a), -float(b)) for a, b in zip(u, w, strict=True)]
    return Polygon(right + left[::-1][1:]).buffer(0)
