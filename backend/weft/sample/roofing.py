# SPDX-License-Identifier: GPL-3.0-or-later
"""What roofs are covered with: tiles, sheet metal, or flat roofing with a parapet."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from weft.sample.canvas import Canvas, Mask, Patch
from weft.sample.texture import smoothstep
from weft.sample.things import Roof
from weft.sample.variety import Colour, Floats

RUST: Colour = (0.24, 0.11, 0.06)


@dataclass(frozen=True)
class Surface:
    """A roof over one patch: where it is, its height above the eave, and texture coordinates."""

    mask: Mask
    rise: Floats
    facing: Floats
    down: Floats  # metres from the eave, up the slope
    across: Floats  # metres along the eave
    edge: Floats  # metres to the outline of its wing
    ridge: Floats  # metres to the nearest ridge or hip


def tinted(colour: Colour, tone: Floats) -> Floats:
    """The colour (3, h, w) times the tone (h, w)."""
    return np.asarray(colour, dtype=np.float32)[:, None, None] * tone


def _mix(base: Floats, colour: Colour, share: Floats) -> Floats:
    return base + (np.asarray(colour, dtype=np.float32)[:, None, None] - base) * share


def _tiles(
    canvas: Canvas, patch: Patch, s: Surface, roof: Roof, rng: np.random.Generator
) -> Floats:
    grain = canvas.fields.grain[patch.rows, patch.columns]
    clump = canvas.fields.clump[patch.rows, patch.columns]
    course = rng.uniform(0.3, 0.45)
    rows = 0.07 * np.sin(s.down * (2 * math.pi / course)) * _visible(course, canvas.step)
    weather = rng.uniform(0.03, 0.11)
    tone = 1 + rows + weather * clump + 0.05 * grain - 0.10 * (s.edge < 0.2)
    tone += rng.uniform(0.05, 0.25) * (s.ridge < 0.16)
    colour = tinted(roof.colour, tone.astype(np.float32))
    moss = smoothstep(clump + 0.5 * canvas.fields.patch[patch.rows, patch.columns], 0.8, 2.4)
    return _mix(colour, (0.10, 0.095, 0.07), moss * rng.uniform(0, 0.6))


def _metal(
    canvas: Canvas, patch: Patch, s: Surface, roof: Roof, rng: np.random.Generator
) -> Floats:
    clump = canvas.fields.clump[patch.rows, patch.columns]
    grain = canvas.fields.grain[patch.rows, patch.columns]
    wave = rng.uniform(0.25, 0.6)
    ribs = 0.09 * np.sin(s.across * (2 * math.pi / wave)) * _visible(wave, canvas.step)
    width, length = rng.uniform(0.8, 1.1), rng.uniform(2.2, 4.0)
    column = np.floor(s.across / width).astype(np.int64)
    row = np.floor(s.down / length).astype(np.int64)
    shades = rng.normal(0, 1, 257).astype(np.float32)
    sheet = shades[(column * 31 + row * 7) % 257]
    age = float(rng.beta(1.2, 2.2))
    tone = 1 + ribs + (0.02 + 0.10 * age) * sheet + 0.05 * clump + 0.025 * grain
    tone += 0.12 * (s.ridge < 0.14) - 0.08 * (s.down % length < 0.1)
    colour = tinted(roof.colour, tone.astype(np.float32))
    rust = smoothstep(clump * 0.7 + 0.6 * sheet + 0.25 * grain, 1.9 - 2.4 * age, 3.2 - 2.0 * age)
    return _mix(colour, RUST, rust * (0.75 if age > 0.25 else 0.15))


def _flat(canvas: Canvas, patch: Patch, s: Surface, roof: Roof, rng: np.random.Generator) -> Floats:
    clump = canvas.fields.clump[patch.rows, patch.columns]
    grain = canvas.fields.grain[patch.rows, patch.columns]
    stain = canvas.fields.patch[patch.rows, patch.columns]
    tone = 1 + 0.05 * clump + 0.05 * grain - rng.uniform(0.0, 0.14) * smoothstep(stain, 0, 1.6)
    tone -= 0.12 * smoothstep(clump + stain, 1.0, 2.6)
    if rng.random() < 0.5:  # bitumen lanes
        lane = rng.uniform(0.9, 2.2)
        tone -= 0.09 * (patch.u % lane < 0.1)
    colour = tinted(roof.colour, tone.astype(np.float32))
    parapet = rng.uniform(0.2, 0.4)
    return _mix(colour, roof.wall, 0.75 * (s.edge < parapet))


def _visible(period: float, step: float) -> float:
    """How much of a pattern survives sampling: none below three pixels a period."""
    return min(1.0, max(0.0, period / step / 2 - 1.0))


Painter = Callable[[Canvas, Patch, Surface, Roof, np.random.Generator], Floats]
SURFACES: dict[str, Painter] = {"tile": _tiles, "metal": _metal, "flat": _flat}
