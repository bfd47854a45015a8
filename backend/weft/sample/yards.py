# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans one plot: a house, its yard, drive, fences, sheds, trees and what lies about."""

import math

import numpy as np

from weft.sample.canvas import Frame, Kind
from weft.sample.houses import draw_house, draw_shed
from weft.sample.palettes import shift
from weft.sample.plan import Block, Town
from weft.sample.streets import draw_car
from weft.sample.things import Box, Cover, Tree
from weft.sample.variety import Colour


def plan_plot(town: Town, u0: float, u1: float, front: float, back: float, dense: float) -> None:
    """One plot between `front` (street side) and `back` of the block."""
    rng, plan, layout = town.rng, town.plan, town.layout
    inward = math.copysign(1.0, back - front)
    width, depth = u1 - u0, abs(back - front)
    area = plan.area(u0, u1, min(front, back), max(front, back))
    green = float(np.clip(town.palette.lush + rng.normal(0, 0.25) - 0.3 * dense, 0, 0.98))
    paved = rng.random() < 0.18 + 0.25 * dense
    yard = town.cover(town.palette.paving, Kind.PAVED, 0.1) if paved else town.ground(green)
    layout.covers.append((area, yard))
    fence_plot(town, u0, u1, front, back)
    if rng.random() < 0.06:
        scatter_trees(town, (u0, u1, min(front, back), max(front, back)), rng.uniform(2, 9))
        return
    wide = width * rng.uniform(0.55, 0.8)
    deep = min(depth * rng.uniform(0.38, 0.6), rng.uniform(8, 13))
    setback = rng.uniform(1.0, max(1.2, (depth - deep) * 0.45))
    u = (u0 + u1) / 2 + rng.uniform(-0.3, 0.3) * (width - wide) * 0.8
    v = front + inward * (setback + deep / 2)
    turn = rng.normal(0, 0.03) + (math.pi if inward < 0 else 0.0)
    frame = plan.frame(u, v).inner(0, 0, turn)
    layout.roofs.append(draw_house(town, frame, wide, deep))
    side = u0 + 2.0 if u - u0 > u1 - u else u1 - 2.0
    if rng.random() < 0.6:  # drive
        tone = town.palette.concrete if rng.random() < 0.5 else town.palette.paving
        drive = plan.area(side - 1.4, side + 1.4, *sorted((front, v)))
        layout.covers.append((drive, town.cover(tone, Kind.PAVED, 0.05)))
        if rng.random() < 0.6:
            at = front + inward * rng.uniform(3, max(3.1, setback + deep / 2))
            layout.cars.append(draw_car(town, plan.frame(side, at).inner(0, 0, math.pi / 2)))
    if rng.random() < 0.55 and depth - setback - deep > 5:
        size = (rng.uniform(2.4, 5.5), rng.uniform(2.2, 4.0))
        at_u, at_v = rng.uniform(u0 + 3, u1 - 3), back - inward * rng.uniform(2.2, 3.2)
        layout.roofs.append(draw_shed(town, plan.frame(at_u, at_v), size))
    path = plan.line((u, front), (u, v)).buffer(0.6)
    layout.covers.append((path, town.cover(town.palette.concrete, Kind.PAVED, 0.1)))
    if paved or rng.random() < 0.4:
        patio = frame.rectangle(-wide * 0.4, wide * 0.3, 0, deep / 2 + rng.uniform(1.5, 3.5))
        layout.covers.append((patio, town.cover(town.palette.paving, Kind.PAVED, 0.05)))
    block = (u0 + 0.6, u1 - 0.6, min(front, back) + 0.6, max(front, back) - 0.6)
    scatter_clutter(town, block, float(rng.poisson(4)))
    scatter_bushes(town, block, float(rng.poisson(3 + 9 * green)))
    if rng.random() < 0.05:
        dig_pool(town, (u0 + u1) / 2 + rng.uniform(-2, 2), back - inward * 4.5)
    trees = rng.poisson(width * depth / 85 * (0.3 + green))
    scatter_trees(town, (u0, u1, min(front, back), max(front, back)), float(trees))


def fence_plot(town: Town, u0: float, u1: float, front: float, back: float) -> None:
    """Walls, fences or hedges along a plot's sides."""
    rng, plan = town.rng, town.plan
    style = rng.choice(["wall", "hedge", "none"], p=[0.4, 0.25, 0.35])
    if style == "none":
        return
    sides = [((u0, front), (u0, back)), ((u0, back), (u1, back))]
    for start, end in sides:
        if rng.random() < 0.25:
            continue
        line = plan.line(start, end)
        if style == "hedge":
            town.layout.hedges.append(line)
            continue
        (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
        frame = Frame((x0 + x1) / 2, (y0 + y1) / 2, math.atan2(y1 - y0, x1 - x0))
        rise = rng.uniform(1.0, 2.0)
        tone = shift(rng, town.palette.concrete, 0.2)
        town.layout.boxes.append(Box(frame, (math.dist((x0, y0), (x1, y1)), 0.22), rise, tone))


def scatter_trees(town: Town, block: Block, count: float) -> None:
    """About `count` trees, alone and in groups; those on roofs are taken out later."""
    u0, u1, v0, v1 = block
    rng = town.rng
    if u1 <= u0 or v1 <= v0:
        return
    conifers = rng.random() < 0.2
    while count >= 1:
        group = int(min(count, int(rng.integers(1, 5))))
        u, v = rng.uniform(u0, u1), rng.uniform(v0, v1)
        for _ in range(group):
            radius = float(np.clip(rng.lognormal(0.75, 0.45), 0.7, 5.5))
            near_u = float(np.clip(u + rng.normal(0, 2.2), u0, u1))
            near_v = float(np.clip(v + rng.normal(0, 2.2), v0, v1))
            x, y = town.plan.point(near_u, near_v)
            stamp = int(rng.integers(4, 6)) if conifers else int(rng.integers(0, 4))
            town.layout.trees.append(
                Tree(
                    x,
                    y,
                    radius,
                    radius * rng.uniform(1.3, 2.2) + 0.8,
                    stamp,
                    float(rng.integers(0, 4)) * math.pi / 2 + 1e-6,
                    town.colour(town.palette.tree, 0.16),
                )
            )
        count -= group


CLUTTER: tuple[Colour, ...] = (
    (0.62, 0.62, 0.60),
    (0.35, 0.30, 0.24),
    (0.10, 0.22, 0.42),
    (0.24, 0.14, 0.09),
    (0.15, 0.15, 0.15),
    (0.12, 0.28, 0.20),
)


def scatter_clutter(town: Town, block: Block, count: float) -> None:
    """Water butts, benches, timber and tarpaulins: bright things that are no buildings."""
    u0, u1, v0, v1 = block
    rng = town.rng
    for _ in range(int(count)):
        frame = town.plan.frame(rng.uniform(u0, u1), rng.uniform(v0, v1))
        size = (rng.uniform(0.4, 2.0), rng.uniform(0.3, 1.1))
        town.layout.boxes.append(
            Box(
                frame.inner(0, 0, rng.uniform(0, 3.1)),
                size,
                rng.uniform(0.2, 1.1),
                town.colour(CLUTTER, 0.25),
            )
        )


def scatter_bushes(town: Town, block: Block, count: float) -> None:
    """Bushes, mostly along the edges of a plot."""
    u0, u1, v0, v1 = block
    rng = town.rng
    if u1 <= u0 or v1 <= v0:
        return
    for _ in range(int(count)):
        u, v = rng.uniform(u0, u1), rng.uniform(v0, v1)
        side = int(rng.integers(0, 6))
        u = {0: u0, 1: u1}.get(side, u)
        v = {2: v0, 3: v1}.get(side, v)
        x, y = town.plan.point(u, v)
        radius = rng.uniform(0.4, 1.1)
        town.layout.trees.append(
            Tree(
                x,
                y,
                radius,
                radius * 1.3,
                int(rng.integers(0, 4)),
                float(rng.integers(0, 4)) * math.pi / 2 + 1e-6,
                town.colour(town.palette.tree, 0.2),
            )
        )


def dig_pool(town: Town, u: float, v: float) -> None:
    """A swimming pool with a pale rim."""
    frame = town.plan.frame(u, v)
    a, b = town.rng.uniform(2.2, 4.5), town.rng.uniform(1.5, 2.4)
    blue = ((0.08, 0.34, 0.42), (0.12, 0.42, 0.48))
    rim = town.cover((0.5, 0.48, 0.44), Kind.PAVED)
    town.layout.covers.append((frame.rectangle(-a - 1, a + 1, -b - 1, b + 1), rim))
    town.layout.covers.append((frame.rectangle(-a, a, -b, b), Cover(blue, Kind.WATER, 0.0, 0.02)))
