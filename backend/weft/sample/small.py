# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what is small or simple: cars, storage tanks and hedges."""

import math

import numpy as np
from rasterio.features import rasterize
from rasterio.transform import Affine
from shapely.geometry import LineString

from weft.sample.canvas import Canvas, Frame, Kind
from weft.sample.things import Car, Tank
from weft.sample.variety import Palette


def draw_car(canvas: Canvas, car: Car) -> None:
    """A body with rounded corners, dark glass around a roof of the body's colour."""
    patch = canvas.patch(car.frame, car.length / 2 + 0.3)
    if patch is None:
        return
    u, v = patch.u / (car.length / 2), patch.v / (car.width / 2)
    body = np.abs(u) ** 6 + np.abs(v) ** 6 < 1
    cabin = (np.abs(u + 0.12) < 0.56) & (np.abs(v) < 0.86) & body
    roof = (np.abs(u + 0.16) < 0.34) & (np.abs(v) < 0.78)
    facing = canvas.light.facing(0, 0)
    ground = canvas.height[patch.rows, patch.columns]
    canvas.paint(patch, body, car.colour, ground + 0.9, facing, Kind.CAR)
    canvas.paint(patch, cabin, (0.03, 0.035, 0.04), ground + 1.2)
    canvas.paint(patch, roof, car.colour, ground + 1.4)


def draw_tank(canvas: Canvas, tank: Tank) -> None:
    """A cylinder with a shallow cone or floating roof and a rim."""
    frame = Frame(
        tank.x + canvas.light.lean[0] * tank.rise, tank.y + canvas.light.lean[1] * tank.rise, 0.0
    )
    patch = canvas.patch(frame, tank.radius + 0.5)
    if patch is None:
        return
    distance = np.hypot(patch.u, patch.v)
    inside = distance < tank.radius
    slope = 0.12
    flat = 1 / math.hypot(1.0, canvas.light.tangent)
    away = patch.u * canvas.light.towards[0] + patch.v * canvas.light.towards[1]
    facing = flat * (canvas.light.tangent + slope * away / np.maximum(distance, 0.3))
    tone = 1 - 0.25 * (np.abs(distance - tank.radius + 0.25) < 0.15)
    tone = tone + 0.04 * canvas.fields.clump[patch.rows, patch.columns]
    colour = np.asarray(tank.colour, np.float32)[:, None, None] * tone.astype(np.float32)
    top = tank.rise + slope * (tank.radius - distance)
    canvas.paint(
        patch, inside, colour, top.astype(np.float32), facing.astype(np.float32), Kind.BACKGROUND
    )


def draw_hedges(canvas: Canvas, hedges: list[LineString], palette: Palette) -> None:
    """Clipped bushes of uneven width along plot boundaries."""
    if not hedges:
        return
    shape = canvas.height.shape
    scale = Affine.scale(canvas.step)
    wide = rasterize([h.buffer(0.75) for h in hedges], shape, transform=scale) == 1
    core = rasterize([h.buffer(0.3) for h in hedges], shape, transform=scale) == 1
    rows, columns = np.nonzero(wide)
    leafy = core[rows, columns] | (canvas.fields.clump[rows, columns] > 0.0)
    leafy &= canvas.height[rows, columns] < 0.2
    rows, columns = rows[leafy], columns[leafy]
    grain, clump = canvas.fields.grain[rows, columns], canvas.fields.clump[rows, columns]
    tone = np.clip(1 + 0.22 * grain + 0.1 * clump, 0.4, 1.8)
    canvas.albedo[:, rows, columns] = np.asarray(palette.tree[0], np.float32)[:, None] * tone
    canvas.height[rows, columns] = 1.4 + 0.15 * grain
    canvas.kind[rows, columns] = np.uint8(Kind.TREE)
