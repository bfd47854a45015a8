# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans the waterside: a quay with moles, jetties, warehouses and stacks; or a beach."""

import math

import numpy as np
from shapely.geometry import Polygon
from shapely.ops import unary_union

from weft.sample.blocks import lay_slabs
from weft.sample.canvas import Frame, Kind
from weft.sample.fittings import CONTAINERS
from weft.sample.fleet import add_ship, draw_ship_for, moor_ships, sail_ships
from weft.sample.houses import draw_hall
from weft.sample.plan import Block, Town
from weft.sample.streets import fill_parking, park_lorries
from weft.sample.things import Box, Cover, Tank
from weft.sample.variety import scaled
from weft.sample.yards import scatter_trees


def plan_harbour(town: Town, shore: float, apron: float) -> None:
    """Water where the town's v exceeds `shore`, and an apron `apron` metres deep before it."""
    plan, rng, layout = town.plan, town.rng, town.layout
    r = plan.radius + 20
    sea = plan.area(-r, r, shore, shore + 2 * r + 60)
    deck = town.cover(town.palette.concrete, Kind.PAVED, 0.02, 0.045)
    layout.covers.append((plan.area(-r, r, shore - apron, shore), deck))
    quays = build_quays(town, shore, r)
    layout.water = sea.difference(unary_union([q for q, _ in quays])) if quays else sea
    layout.covers += [(area, cover) for area, cover in quays]
    coping = layout.water.boundary.buffer(0.45).difference(layout.water)
    layout.covers.append((coping, town.cover((0.5, 0.49, 0.46), Kind.PAVED)))
    r = plan.radius
    lay_slabs(town, (-r, r, shore - apron, shore - 0.5), rng.uniform(4.5, 7))
    for rail in (2.5, 3.9):  # crane or railway track along the quay
        layout.joints.append(plan.line((-r, shore - rail), (r, shore - rail)).buffer(0.09))
    for u in np.arange(-r, r, 14.0):
        layout.boxes.append(
            Box(plan.frame(float(u), shore - 0.9), (0.5, 0.5), 0.5, (0.1, 0.1, 0.1))
        )
    furnish_apron(town, shore, apron)
    park_lorries(town, (-r, r, shore - 7, shore - 4), r / 25)
    moor_ships(town, shore)
    sail_ships(town, shore)


def build_quays(town: Town, shore: float, r: float) -> list[tuple[Polygon, Cover]]:
    """Broad moles for cargo and narrow jetties for boats, as polygons of land."""
    rng, plan = town.rng, town.plan
    parts: list[tuple[Polygon, Cover]] = []
    u = -r + rng.uniform(0, 40)
    while u < r:
        if rng.random() < 0.25:
            width, reach = rng.uniform(12, 26), rng.uniform(35, 80)
            parts.append(
                (
                    plan.area(u, u + width, shore - 1, shore + reach),
                    town.cover(town.palette.concrete, Kind.PAVED, 0.02),
                )
            )
            for side, at in ((-1, u), (1, u + width)):
                v = shore + 4 + rng.uniform(0, 5)
                while v < shore + reach - 15:
                    longest = min(shore + reach - v, 70)
                    if longest < 9 or rng.random() < 0.3:
                        break
                    ship = draw_ship_for(town, Frame(0, 0, 0), longest, small=0.25)
                    frame = plan.frame(at + side * (ship.beam / 2 + 0.8), v + ship.length / 2)
                    turn = math.pi / 2 if rng.random() < 0.5 else -math.pi / 2
                    add_ship(town, ship, frame.inner(0, 0, turn))
                    v += ship.length + rng.uniform(3, 12)
            u += width + rng.uniform(50, 110)
        elif rng.random() < 0.4:
            reach = rng.uniform(22, 50)
            wood = town.cover((0.34, 0.28, 0.21), Kind.PAVED, 0.0, 0.07)
            parts.append((plan.area(u, u + 2.2, shore - 1, shore + reach), wood))
            for side in (-1, 1):
                for v in np.arange(shore + 4, shore + reach - 2, rng.uniform(4.6, 6.0)):
                    if rng.random() < 0.72:
                        ship = draw_ship_for(town, Frame(0, 0, 0), 12.0, small=1.0)
                        at = u + 1.1 + side * (1.7 + ship.length / 2)
                        frame = plan.frame(at, float(v)).inner(0, 0, math.pi * (side < 0))
                        add_ship(town, ship, frame)
            u += rng.uniform(28, 50)
        else:
            u += rng.uniform(40, 90)
    return parts


def furnish_apron(town: Town, shore: float, apron: float) -> None:
    """Warehouses, container stacks, tanks and parked cars between the town and the water."""
    rng, plan, layout = town.rng, town.plan, town.layout
    u = -plan.radius
    low, high = shore - apron + 3, shore - 7
    while u < plan.radius and high - low > 8:
        width = rng.uniform(22, 60)
        use = str(
            rng.choice(
                ["hall", "containers", "tanks", "parking", "open"], p=[0.36, 0.24, 0.12, 0.14, 0.14]
            )
        )
        if use == "hall":
            frame = plan.frame(u + width / 2, (low + high) / 2)
            layout.roofs.append(draw_hall(town, frame, width * 0.86, (high - low) * 0.8))
        elif use == "containers":
            stack_containers(town, (u + 1, u + width - 3, low, high))
        elif use == "tanks":
            radius = min((high - low) / 2.3, rng.uniform(5, 11))
            pale = rng.uniform(0.5, 0.75)
            for at in np.arange(u + radius + 1, u + width - radius, 2 * radius + 3):
                x, y = plan.point(float(at), (low + high) / 2)
                layout.tanks.append(Tank(x, y, radius, rng.uniform(6, 12), (pale, pale, pale)))
        elif use == "parking":
            fill_parking(town, (u, u + width - 3, low, high))
        u += width


def stack_containers(town: Town, block: Block) -> None:
    """Rows of containers one to three high."""
    u0, u1, v0, v1 = block
    rng = town.rng
    full = rng.uniform(0.4, 0.95)
    for v in np.arange(v0 + 1.5, v1 - 1.3, 2.75):
        if int((v - v0) / 2.75) % 5 == 4:
            continue
        for u in np.arange(u0 + 3, u1 - 3, 6.5):
            if rng.random() < full:
                colour = town.colour(CONTAINERS, 0.15)
                frame = town.plan.frame(float(u), float(v))
                tiers = int(rng.integers(1, 4))
                town.layout.boxes.append(Box(frame, (6.06, 2.44), 2.6 * tiers, colour))


def plan_beach(town: Town, shore: float) -> None:
    """A wavy shoreline with sand, no quay; boats lie off it."""
    rng, plan, layout = town.rng, town.plan, town.layout
    r = plan.radius + 30
    phases, sizes = rng.uniform(0, 6.28, 4), rng.uniform(0.3, 1.0, 4)
    us = np.arange(-r, r, 4.0)
    wave = sum(
        sizes[k] * 6 / (k + 1) * np.sin(us * 2 * math.pi / (170 / (k + 1)) + phases[k])
        for k in range(4)
    )
    edge = [plan.point(float(u), float(shore + w)) for u, w in zip(us, wave, strict=True)]
    far = [plan.point(r, shore + 2 * r + 60), plan.point(-r, shore + 2 * r + 60)]
    layout.water = Polygon(edge + far).buffer(0)
    layout.beach = True
    sand = Cover(
        (town.palette.soil[1], scaled(town.palette.soil[1], 1.25)),
        Kind.BACKGROUND,
        0.0,
        0.05,
    )
    layout.covers.append((layout.water.buffer(rng.uniform(9, 18)), sand))
    scatter_trees(town, (-plan.radius, plan.radius, shore - 32, shore - 16), plan.radius / 4)
    sail_ships(town, shore + 12)
