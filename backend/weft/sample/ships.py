# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws ships: the hull with its bulwark and deck, and the wake of those under way."""

import numpy as np

from weft.sample.canvas import Canvas, Kind
from weft.sample.fittings import DECKS, FITTINGS, WHITE, pick
from weft.sample.hulls import half_width
from weft.sample.texture import smoothstep
from weft.sample.things import Ship
from weft.sample.variety import Colour

HULLS: tuple[Colour, ...] = (
    (0.05, 0.06, 0.10),
    (0.30, 0.06, 0.04),
    (0.03, 0.10, 0.22),
    (0.05, 0.05, 0.05),
    (0.05, 0.16, 0.12),
    (0.55, 0.55, 0.54),
    (0.25, 0.27, 0.29),
)


def draw_wake(canvas: Canvas, ship: Ship) -> None:
    """Foam astern and the two arms of the bow wave; painted before any hull."""
    if ship.speed <= 0:
        return
    patch = canvas.patch(ship.frame, ship.length * 2.6)
    if patch is None:
        return
    behind = -ship.length * 0.5 - patch.u
    length = min(ship.length * min(2.0, 0.6 + ship.speed / 4), 60.0)
    spread = ship.beam * (0.38 + 0.5 * np.clip(behind / length, 0, 1))
    core = (1 - smoothstep(np.abs(patch.v), spread * 0.3, spread)) * (behind > -0.04 * ship.length)
    core = core * np.clip(1 - behind / length, 0, 1) ** 1.3
    reach = ship.length * 0.5 - patch.u
    arm = np.abs(np.abs(patch.v) - reach * 0.27 - ship.beam * 0.1)
    arms = np.clip(1 - arm / (0.10 * ship.beam + 0.035 * np.abs(reach) + 0.3), 0, 1)
    arms = arms * (reach > 0) * np.clip(1 - reach / (1.4 * ship.length), 0, 1)
    clump = canvas.fields.clump[patch.rows, patch.columns]
    grain = canvas.fields.grain[patch.rows, patch.columns]
    foam = smoothstep(clump * 0.5 + grain * 0.3, -0.9, 0.9)
    share = np.clip(core * (0.35 + 0.5 * foam) + 0.45 * arms * foam, 0, 1) * min(1, ship.speed / 5)
    share = share * (canvas.kind[patch.rows, patch.columns] == Kind.WATER)
    window = canvas.albedo[:, patch.rows, patch.columns]
    window += (np.float32(0.6) - window) * share.astype(np.float32)


def draw_ship(canvas: Canvas, ship: Ship) -> None:
    """Paint the hull and what stands on its deck."""
    patch = canvas.patch(ship.frame, ship.length / 2 + 1)
    if patch is None:
        return
    rng = np.random.default_rng(ship.seed)
    small = ship.style in ("fishing", "yacht")
    half = half_width(ship, patch.u)
    inside = np.abs(patch.v) < half
    if not inside.any():
        return
    freeboard = 1.0 if small else 2.5 + 0.02 * ship.length
    rim = half - np.abs(patch.v) < (0.18 if small else 0.35)
    deck = pick(rng, DECKS) if not small else pick(rng, (WHITE, WHITE, (0.45, 0.4, 0.32)))
    side = pick(rng, HULLS) if ship.style != "yacht" else WHITE
    if ship.style == "ferry":
        deck, side = (0.16, 0.30, 0.24), WHITE
    clump = canvas.fields.clump[patch.rows, patch.columns]
    grain = canvas.fields.grain[patch.rows, patch.columns]
    tone = (1 + 0.09 * clump + 0.05 * grain).astype(np.float32)
    colour = np.where(
        rim,
        np.asarray(side, np.float32)[:, None, None],
        np.asarray(deck, np.float32)[:, None, None] * tone,
    )
    height = np.where(rim, freeboard + 0.5, freeboard).astype(np.float32)
    canvas.paint(patch, inside, colour, height, canvas.light.facing(0, 0), Kind.SHIP)
    FITTINGS[ship.style](canvas, ship, rng)
