# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses ships and where they lie: along quays, at jetties, at anchor and under way."""

import math

import numpy as np
from shapely.geometry import Point

from weft.sample.canvas import Frame
from weft.sample.hulls import hull
from weft.sample.plan import Town
from weft.sample.things import Ship

STYLES = ("coaster", "container", "tanker", "ferry", "fishing", "yacht")
BEAM = {"coaster": 6.2, "container": 6.5, "tanker": 6.0, "ferry": 4.6, "fishing": 3.4, "yacht": 3.3}
LENGTH = {
    "coaster": (38.0, 90.0),
    "container": (75.0, 150.0),
    "tanker": (60.0, 140.0),
    "ferry": (28.0, 90.0),
    "fishing": (8.0, 26.0),
    "yacht": (6.5, 16.0),
}


def draw_ship_for(
    town: Town, frame: Frame, longest: float, speed: float = 0.0, small: float = 0.35
) -> Ship:
    """A ship no longer than `longest` metres at `frame`; `small` is the share of boats."""
    rng = town.rng
    fitting = [s for s in STYLES if LENGTH[s][0] <= longest]
    weights = np.asarray([small if s in ("fishing", "yacht") else 1 - small for s in fitting])
    weights[[s == "ferry" for s in fitting]] *= 0.45
    style = str(rng.choice(fitting, p=weights / weights.sum())) if fitting else "yacht"
    low, high = LENGTH[style]
    length = rng.uniform(min(low, longest * 0.9), min(high, longest))
    beam = length / BEAM[style] * rng.uniform(0.9, 1.12)
    return Ship(frame, length, beam, style, speed, town.seed())


def add_ship(town: Town, ship: Ship, frame: Frame) -> bool:
    """Add `ship` at `frame` unless it would touch another one."""
    placed = Ship(frame, ship.length, ship.beam, ship.style, ship.speed, ship.seed)
    outline = hull(placed)
    if any(outline.distance(hull(other)) < 0.5 for other in town.layout.ships):
        return False
    town.layout.ships.append(placed)
    return True


def moor_ships(town: Town, shore: float) -> None:
    """Ships alongside the main quay wherever no mole is in the way."""
    rng, plan = town.rng, town.plan
    u = -plan.radius
    busy = rng.uniform(0.35, 0.9)
    while u < plan.radius:
        ship = draw_ship_for(town, Frame(0, 0, 0), rng.uniform(14, 95), small=0.3)
        middle = plan.frame(u + ship.length / 2, shore + ship.beam / 2 + 1.0)
        frame = middle.inner(0, 0, math.pi if rng.random() < 0.5 else 0.0)
        moored = Ship(frame, ship.length, ship.beam, ship.style, 0.0, ship.seed)
        clear = town.layout.water.contains(hull(moored).buffer(0.3))
        if clear and rng.random() < busy and add_ship(town, moored, frame):
            u += ship.length + rng.uniform(3, 18)
        else:
            u += rng.uniform(6, 22)


def sail_ships(town: Town, shore: float) -> None:
    """Ships at anchor and under way on open water."""
    rng, plan = town.rng, town.plan
    clear = town.layout.water.buffer(-6)
    tries = int(plan.radius**2 / rng.uniform(700, 2500))
    for _ in range(min(tries, 60)):
        u, v = rng.uniform(-plan.radius, plan.radius), rng.uniform(shore + 8, plan.radius + 20)
        x, y = plan.point(u, v)
        if not clear.contains(Point(x, y)):
            continue
        speed = float(rng.choice([0.0, rng.uniform(1.5, 8.0)]))
        frame = Frame(x, y, rng.uniform(0, 2 * math.pi))
        ship = draw_ship_for(town, frame, rng.uniform(9, 90), speed, small=0.6)
        outline = hull(ship)
        if clear.contains(outline) and all(
            outline.distance(hull(other)) > 6 for other in town.layout.ships
        ):
            town.layout.ships.append(ship)
