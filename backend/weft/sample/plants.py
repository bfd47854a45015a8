# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws trees: a few crowns modelled as heaps of leaf clumps, stamped at many sizes and turns."""

import math
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon

from weft.sample.canvas import Canvas, Kind
from weft.sample.texture import enlarge
from weft.sample.things import Tree
from weft.sample.variety import Floats

STAMPS = 6
SIZE = 72  # pixels of a stamp's side; its crown reaches 1 at 0.46 of the side
ANGLES = 28


@dataclass(frozen=True)
class Crown:
    """A crown of unit radius: relative height (SIZE, SIZE), 0 outside, and its outline's radii."""

    height: Floats
    radii: Floats  # (ANGLES,)


def grow_crowns(seed: int) -> tuple[Crown, ...]:
    """The scene's STAMPS different crowns; the last two are conifers."""
    rng = np.random.default_rng([seed, 77])
    return tuple(_grow(rng, conifer=index >= STAMPS - 2) for index in range(STAMPS))


def _grow(rng: np.random.Generator, conifer: bool) -> Crown:
    axis = (np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE * 2.174 - 1.087
    x, y = axis[None, :], axis[:, None]
    angle = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
    radii = 0.86 + sum(
        rng.normal(0, 0.16 / k) * np.cos(k * angle + rng.uniform(0, 6.28)) for k in range(2, 8)
    )
    radii = np.clip(radii, 0.55, 1.0)
    phi = np.mod(np.arctan2(y, x), 2 * np.pi)
    limit = np.interp(phi, np.append(angle, 2 * np.pi), np.append(radii, radii[0]))
    distance = np.hypot(x, y) / limit
    dome = 1 - distance if conifer else np.sqrt(np.clip(1 - distance**2, 0, 1))
    heaps = np.zeros((SIZE, SIZE), dtype=np.float32)
    for _ in range(26 if conifer else 46):
        r, phase = math.sqrt(rng.random()) * 0.92, rng.uniform(0, 2 * np.pi)
        size = rng.uniform(0.10, 0.26)
        lift = rng.uniform(0.5, 1.0)
        d2 = ((x - r * math.cos(phase)) ** 2 + (y - r * math.sin(phase)) ** 2) / size**2
        np.maximum(heaps, lift * np.sqrt(np.clip(1 - d2, 0, 1)), out=heaps)
    height = np.where(distance < 1, 0.30 + 0.5 * dome + 0.24 * heaps, 0)
    return Crown(height.astype(np.float32), radii.astype(np.float32))


def crown_polygon(tree: Tree, crowns: tuple[Crown, ...]) -> Polygon:
    """The crown's outline in metres on the canvas."""
    radii = crowns[tree.stamp].radii * tree.radius
    angles = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False) + tree.turn
    return Polygon(np.stack([tree.x + radii * np.cos(angles), tree.y + radii * np.sin(angles)], 1))


def draw_trees(canvas: Canvas, trees: list[Tree], crowns: tuple[Crown, ...]) -> None:
    """Stamp all crowns, then light their leaves by the slope of the height that results."""
    before = canvas.kind == Kind.TREE
    for tree in trees:
        _stamp(canvas, tree, crowns[tree.stamp])
    leaves = (canvas.kind == Kind.TREE) & ~before
    _light_leaves(canvas, leaves)


def _stamp(canvas: Canvas, tree: Tree, crown: Crown) -> None:
    step = canvas.step
    lean_x, lean_y = (component * tree.height * 0.8 for component in canvas.light.lean)
    reach = tree.radius * 1.087
    top, left = round((tree.y + lean_y - reach) / step), round((tree.x + lean_x - reach) / step)
    side = max(3, round(2 * reach / step))
    rows, columns = canvas.height.shape
    if top >= rows or left >= columns or top + side <= 0 or left + side <= 0:
        return
    turns = int(tree.turn / (np.pi / 2))
    height = np.rot90(enlarge(crown.height, (side, side)), -turns)
    inner = (slice(max(0, -top), rows - top), slice(max(0, -left), columns - left))
    window = (
        slice(max(0, top), min(rows, top + side)),
        slice(max(0, left), min(columns, left + side)),
    )
    stamp = height[inner]
    grain = canvas.fields.grain[window]
    mask = stamp > 0.26 + 0.035 * grain
    here = stamp * tree.height + 0.10 * grain
    mask &= here > canvas.height[window]
    if not tree.over_roofs:
        mask &= canvas.kind[window] != Kind.BUILDING
    tone = 0.72 + 0.45 * stamp + 0.05 * grain
    colour = np.asarray(tree.colour, dtype=np.float32)[:, None, None] * tone
    np.copyto(canvas.albedo[:, *window], colour, where=mask)
    np.copyto(canvas.height[window], here, where=mask)
    np.copyto(canvas.kind[window], np.uint8(Kind.TREE), where=mask)


def _light_leaves(canvas: Canvas, leaves: np.ndarray) -> None:
    """Set `facing` from the gradient of the height, softened as light passes through leaves."""
    rows, columns = np.nonzero(leaves)
    if rows.size == 0:
        return
    last_row, last_column = leaves.shape[0] - 1, leaves.shape[1] - 1
    height = canvas.height
    below, right = np.minimum(rows + 1, last_row), np.minimum(columns + 1, last_column)
    above, left = np.maximum(rows - 1, 0), np.maximum(columns - 1, 0)
    slope_x = np.clip((height[rows, right] - height[rows, left]) / (2 * canvas.step), -2.5, 2.5)
    slope_y = np.clip(
        (height[below, columns] - height[above, columns]) / (2 * canvas.step), -2.5, 2.5
    )
    light = canvas.light
    flat = 1 / math.hypot(1.0, light.tangent)
    dot = flat * (light.tangent - slope_x * light.towards[0] - slope_y * light.towards[1])
    canvas.facing[rows, columns] = 0.12 + 0.88 * np.clip(
        dot / np.sqrt(1 + slope_x**2 + slope_y**2), 0, 1
    )
