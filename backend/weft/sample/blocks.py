# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives each block between the streets one use, and plans it."""

import math
from itertools import pairwise

import numpy as np

from weft.sample.canvas import Kind
from weft.sample.houses import FACADES, draw_hall, draw_shed, surface_for
from weft.sample.palettes import shift
from weft.sample.plan import Block, Town, spread
from weft.sample.streets import fill_parking, park_lorries
from weft.sample.things import Furrows, Roof, Wing
from weft.sample.yards import plan_plot, scatter_bushes, scatter_clutter, scatter_trees


def fill_block(town: Town, block: Block) -> None:
    """Give a block one use and plan it."""
    u0, u1, v0, v1 = block
    middle = town.plan.point((u0 + u1) / 2, (v0 + v1) / 2)
    if math.dist(middle, town.plan.centre) > town.plan.radius + math.hypot(u1 - u0, v1 - v0) / 2:
        return
    uses = list(town.weights)
    share = np.asarray([town.weights[use] for use in uses])
    use = uses[int(town.rng.choice(len(uses), p=share / share.sum()))]
    planners = {
        "houses": plan_houses,
        "rows": plan_rows,
        "dense": plan_dense,
        "halls": plan_halls,
        "park": plan_park,
        "field": plan_field,
        "grove": plan_grove,
    }
    planners[use](town, block)


def plan_houses(town: Town, block: Block) -> None:
    """Two rows of plots back to back, each with a house, a yard and trees."""
    u0, u1, v0, v1 = block
    rng = town.rng
    middle = (v0 + v1) / 2
    dense = rng.uniform(0.0, 1.0)
    plots = spread(rng, u0, u1 - 9, (13 - 3 * dense, 24 - 8 * dense))
    plots[-1] = u1
    for start, end in pairwise(plots):
        for front, back in ((v0, middle), (v1, middle)):
            plan_plot(town, start, end, front, back, dense)


def plan_rows(town: Town, block: Block) -> None:
    """Attached houses along both streets, yards between."""
    u0, u1, v0, v1 = block
    rng, plan, layout = town.rng, town.plan, town.layout
    layout.covers.append((plan.area(*block), town.ground(float(rng.uniform(0.1, 0.7)))))
    uniform = rng.random() < 0.4
    surface, colour, pitch = surface_for(town, 8)
    depth = min(rng.uniform(8.5, 12), (v1 - v0) / 2 - 2.5)
    for v, turn in ((v0 + depth / 2 + 0.5, 0.0), (v1 - depth / 2 - 0.5, math.pi)):
        eave = rng.uniform(5.2, 9.5)
        u = u0 + rng.uniform(0.5, 5)
        while u < u1 - 7:
            wide = rng.uniform(5.5, 10)
            if rng.random() < 0.08:
                u += wide
                continue
            if not uniform:
                surface, colour, pitch = surface_for(town, 8)
                eave = rng.uniform(5.2, 9.5)
            frame = plan.frame(u + wide / 2, v).inner(0, 0, turn)
            back = depth / 2 + rng.uniform(-1.0, 1.5)
            form = "flat" if surface == "flat" else "gable"
            a = wide / 2
            wing = Wing(-a, a, -depth / 2, back, form)
            layout.roofs.append(
                Roof(
                    frame,
                    (wing,),
                    eave,
                    pitch,
                    surface,
                    shift(rng, colour, 0.06),
                    town.colour(FACADES),
                    town.seed(),
                )
            )
            u += wide
    inner = (u0, u1, v0 + depth + 2, v1 - depth - 2)
    scatter_trees(town, inner, rng.uniform(2, 14))
    scatter_bushes(town, inner, rng.uniform(5, 30))
    scatter_clutter(town, inner, rng.uniform(4, 16))
    yard = (v0 + depth + 4, v1 - depth - 4)
    for _ in range(int(rng.poisson(4)) if yard[1] > yard[0] else 0):
        u, v = rng.uniform(u0 + 4, u1 - 4), rng.uniform(*yard)
        layout.roofs.append(draw_shed(town, plan.frame(u, v), (rng.uniform(2.5, 5), 2.6)))


def plan_dense(town: Town, block: Block) -> None:
    """An old quarter: small buildings of mixed roofs wall to wall, with alleys and courts."""
    u0, u1, v0, v1 = block
    rng = town.rng
    town.layout.covers.append((town.plan.area(*block), town.ground(float(rng.uniform(0, 0.4)))))
    lanes = spread(rng, v0, v1 - 7, (9, 14))
    lanes[-1] = v1
    for low, high in pairwise(lanes):
        u = u0
        while u < u1 - 5:
            wide = rng.uniform(6, 13)
            if rng.random() < 0.86:
                stack_roofs(town, (u + 0.3, min(u + wide, u1), low + 0.6, high - 0.6))
            u += wide + (rng.uniform(0.6, 1.6) if rng.random() < 0.5 else 0.0)
    scatter_clutter(town, block, (u1 - u0) / 2.5)
    scatter_bushes(town, block, rng.uniform(5, 40))
    scatter_trees(town, block, rng.uniform(2, 14))


def stack_roofs(town: Town, block: Block) -> None:
    """One old building: one roof, or two of different height and material side by side."""
    u0, u1, v0, v1 = block
    rng = town.rng
    turn = rng.normal(0, 0.035)
    cut = rng.uniform(0.3, 0.7) if rng.random() < 0.45 else 1.0
    deep = (v1 - v0) * rng.uniform(0.75, 1.0)
    for start, end in ((0.0, cut), (cut, 1.0)):
        a, b = (end - start) * (u1 - u0) / 2, deep / 2
        if a < 1.2:
            continue
        middle = u0 + (start + end) / 2 * (u1 - u0)
        surface, colour, pitch = surface_for(town, 8)
        form = "flat" if surface == "flat" else str(rng.choice(["gable", "shed"]))
        frame = town.plan.frame(middle, v0 + b).inner(0, 0, turn)
        wing = Wing(-a, a, -b, b, form, bool(a > b) or form == "shed")
        eave = float(rng.choice([2.6, 3.2, 6.0, 8.6]))
        wall = town.colour(FACADES)
        roof = Roof(frame, (wing,), eave, pitch * 0.6, surface, colour, wall, town.seed())
        town.layout.roofs.append(roof)


def plan_halls(town: Town, block: Block) -> None:
    """One to three large buildings on a paved yard with parked cars."""
    u0, u1, v0, v1 = block
    rng, plan, layout = town.rng, town.plan, town.layout
    tone = town.palette.asphalt if rng.random() < 0.5 else town.palette.concrete
    layout.covers.append((plan.area(*block), town.cover(tone, Kind.PAVED, 0.05, 0.05)))
    count = int(rng.integers(1, 4))
    slot = (u1 - u0) / count
    for k in range(count):
        if rng.random() < 0.2:
            fill_parking(town, (u0 + k * slot + 2, u0 + (k + 1) * slot - 2, v0 + 2, v1 - 2))
            continue
        wide = slot * rng.uniform(0.6, 0.85)
        deep = (v1 - v0) * rng.uniform(0.4, 0.68)
        v = v0 + deep / 2 + 2 if rng.random() < 0.5 else v1 - deep / 2 - 2
        frame = plan.frame(u0 + (k + 0.5) * slot, v)
        layout.roofs.append(draw_hall(town, frame, wide, deep))
        free = (v0 + deep + 4, v1 - 1) if v < (v0 + v1) / 2 else (v0 + 1, v1 - deep - 4)
        fill_parking(town, (u0 + k * slot + 3, u0 + (k + 1) * slot - 3, *free))
    if tone == town.palette.concrete:
        lay_slabs(town, block, rng.uniform(4, 7))
    park_lorries(town, block, rng.uniform(0, 3))
    scatter_trees(town, block, rng.uniform(0, 5))


def plan_park(town: Town, block: Block) -> None:
    """Grass, paths and groups of trees."""
    u0, u1, v0, v1 = block
    rng, plan, layout = town.rng, town.plan, town.layout
    layout.covers.append((plan.area(*block), town.ground(min(0.97, town.palette.lush + 0.25))))
    for _ in range(int(rng.integers(1, 3))):
        start = (rng.uniform(u0, u1), v0)
        end = (rng.uniform(u0, u1), v1)
        path = plan.line(start, end).buffer(rng.uniform(0.8, 1.6))
        layout.covers.append((path, town.cover(town.palette.paving, Kind.PAVED, 0.1)))
    scatter_trees(town, block, (u1 - u0) * (v1 - v0) / rng.uniform(40, 200))


def plan_field(town: Town, block: Block) -> None:
    """Vegetable beds, ploughed soil, or a vacant lot."""
    u0, u1, v0, v1 = block
    rng, plan, layout = town.rng, town.plan, town.layout
    for start, end in zip(*(lambda s: (s, s[1:]))(spread(rng, u0, u1 - 8, (12, 40))), strict=False):
        area = plan.area(start, min(end, u1), v0, v1)
        layout.covers.append((area, town.ground(float(rng.uniform(0.0, 1.0)))))
        if rng.random() < 0.7:
            frame = plan.frame((start + end) / 2, (v0 + v1) / 2)
            turn = math.pi / 2 if rng.random() < 0.5 else 0.0
            layout.fields.append(
                Furrows(
                    area.buffer(-0.6),
                    frame.inner(0, 0, turn),
                    rng.uniform(0.8, 2.4),
                    rng.uniform(0.06, 0.25),
                )
            )
    scatter_trees(town, block, rng.uniform(0, 6))


def plan_grove(town: Town, block: Block) -> None:
    """Closed woodland with a few gaps."""
    u0, u1, v0, v1 = block
    town.layout.covers.append((town.plan.area(*block), town.ground(0.9)))
    scatter_trees(town, block, (u1 - u0) * (v1 - v0) / town.rng.uniform(9, 22))


def lay_slabs(town: Town, block: Block, side: float) -> None:
    """Joints between concrete slabs of `side` metres."""
    u0, u1, v0, v1 = block
    plan, joints = town.plan, town.layout.joints
    joints += [
        plan.line((float(u), v0), (float(u), v1)).buffer(0.05)
        for u in np.arange(u0 + side, u1, side)
    ]
    joints += [
        plan.line((u0, float(v)), (u1, float(v))).buffer(0.05)
        for v in np.arange(v0 + side, v1, side)
    ]
