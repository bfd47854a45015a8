# SPDX-License-Identifier: GPL-3.0-or-later
"""Lays out a town on land: streets on a bent grid and the blocks between them."""

from itertools import pairwise

from weft.sample.blocks import fill_block
from weft.sample.plan import Town, spread
from weft.sample.streets import cross_streets, pave_streets


def plan_town(town: Town, v_end: float) -> None:
    """Fill the layout with streets and blocks where the town's v is below `v_end`."""
    rng, plan = town.rng, town.plan
    r = plan.radius
    top = min(r, v_end)
    columns = spread(rng, -r - rng.uniform(0, 60), r, town.variety.block_m)
    if v_end < r:
        rows = [v_end - d for d in spread(rng, 0, v_end + r, (38, 62))][::-1]
    else:
        rows = spread(rng, -r - rng.uniform(0, 50), r, (38, 62))
    paved = rng.random() < 0.85
    widths_u = [rng.choice([4.5, 5.5, 6.5, 9.0]) for _ in columns]
    widths_v = [rng.choice([4.5, 5.5, 6.5, 9.0]) for _ in rows]
    blocks = []
    for i, (u0, u1) in enumerate(pairwise(columns)):
        for j, (v0, v1) in enumerate(pairwise(rows)):
            rim = 1.8
            blocks.append(
                (
                    u0 + widths_u[i] / 2 + rim,
                    u1 - widths_u[i + 1] / 2 - rim,
                    v0 + widths_v[j] / 2 + rim,
                    v1 - widths_v[j + 1] / 2 - rim,
                )
            )
    streets = [(plan.line((u, -r), (u, top)), w) for u, w in zip(columns, widths_u, strict=True)]
    streets += [(plan.line((-r, v), (r, v)), w) for v, w in zip(rows, widths_v, strict=True)]
    pave_streets(town, streets, paved)
    if paved:
        cross_streets(
            town, list(zip(columns, widths_u, strict=True)), list(zip(rows, widths_v, strict=True))
        )
    for block in blocks:
        fill_block(town, block)
