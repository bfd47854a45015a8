# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the ground: covers mixed by noise, worn road markings, ploughed fields and water."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from weft.sample.canvas import Canvas, Frame, Kind
from weft.sample.texture import enlarge, octaves, shrink, smooth_noise, smoothstep
from weft.sample.things import Cover, Layout
from weft.sample.variety import Floats, Palette

Ids = NDArray[np.integer[Any]]


def draw_ground(canvas: Canvas, layout: Layout, palette: Palette, rng: np.random.Generator) -> None:
    """Paint everything that has no height."""
    covers = [layout.base] + [cover for _, cover in layout.covers]
    shapes = [(area, index + 1) for index, (area, _) in enumerate(layout.covers)]
    ids = _ragged(_burn(canvas, shapes, "uint16"), canvas, rng)
    _paint_covers(canvas, ids, covers, palette)
    for furrows in layout.fields:
        _plough(canvas, furrows.polygon, furrows.frame, furrows.period, furrows.depth)
    if layout.joints:
        dark = _burn(canvas, [(shape, 1) for shape in layout.joints], "uint8") == 1
        canvas.albedo[:] *= np.where(dark, np.float32(0.72), np.float32(1.0))
    if layout.markings:
        _paint_markings(canvas, layout.markings)
    if not layout.water.is_empty:
        _paint_water(canvas, layout, palette, rng)


def _burn(canvas: Canvas, shapes: list[tuple[BaseGeometry, int]], dtype: str) -> Ids:
    shapes = [(shape, value) for shape, value in shapes if not shape.is_empty]
    if not shapes:
        return np.zeros(canvas.height.shape, dtype=dtype)
    scale = Affine.scale(canvas.step)
    burnt: Ids = rasterize(shapes, canvas.height.shape, transform=scale, dtype=dtype)
    return burnt


def _ragged(ids: Ids, canvas: Canvas, rng: np.random.Generator) -> Ids:
    """Edges of the ground's covers are not ruled: move every pixel's look-up by some decimetres."""
    shape = ids.shape
    amount = 0.16 / canvas.step
    dy = amount * smooth_noise(rng, shape, 1.2 / canvas.step)
    dx = np.roll(dy, (shape[0] // 3, shape[1] // 5), (0, 1))
    rows = np.arange(shape[0], dtype=np.int32)[:, None] + dy.astype(np.int32)
    columns = np.arange(shape[1], dtype=np.int32) + dx.astype(np.int32)
    flat = np.clip(rows, 0, shape[0] - 1) * shape[1] + np.clip(columns, 0, shape[1] - 1)
    moved: Ids = ids.ravel()[flat]
    return moved


def _paint_covers(canvas: Canvas, ids: Ids, covers: list[Cover], palette: Palette) -> None:
    fields = canvas.fields
    green = np.asarray([cover.green for cover in covers], dtype=np.float32)
    bias = np.where(green <= 0, -9, np.where(green >= 1, 9, 3.0 * (green - 0.5)))
    rough = np.asarray([cover.rough for cover in covers], dtype=np.float32)
    mix = fields.patch * 0.7 + fields.clump * 0.45 + fields.grain * 0.2
    cover_of_grass = smoothstep(mix + bias.astype(np.float32)[ids], -0.85, 0.85)
    tone = smoothstep(fields.patch - 0.35 * fields.clump, -1.8, 1.8)
    lawn_tone = smoothstep(fields.patch * 0.6 + 0.8 * fields.clump[::-1], -2.2, 2.2)
    texture = 1 + rough[ids] * (0.6 * fields.grain + fields.clump)
    lawn_texture = 1 + 0.06 * fields.grain + 0.05 * fields.clump
    tints = np.asarray([cover.tint for cover in covers], dtype=np.float32)[ids]
    for band in range(3):
        low = np.asarray([c.tones[0][band] for c in covers], dtype=np.float32)[ids]
        span = np.asarray([c.tones[1][band] - c.tones[0][band] for c in covers], dtype=np.float32)
        bare = (low + span[ids] * tone) * texture
        a, b = np.float32(palette.grass[0][band]), np.float32(palette.grass[1][band])
        lawn = (a + (b - a) * lawn_tone) * lawn_texture * tints
        canvas.albedo[band] = bare + (lawn - bare) * cover_of_grass
    kinds = np.asarray([cover.kind for cover in covers], dtype=np.uint8)[ids]
    canvas.kind[:] = np.where(cover_of_grass > 0.5, np.uint8(Kind.GRASS), kinds)


def _paint_markings(canvas: Canvas, markings: list[Polygon]) -> None:
    painted = _burn(canvas, [(shape, 1) for shape in markings], "uint8") == 1
    worn = 0.75 * smoothstep(canvas.fields.clump + canvas.fields.patch * 0.5, -2.4, 0.4)
    share = np.where(painted, worn, 0).astype(np.float32)
    canvas.albedo[:] += (np.float32(0.62) - canvas.albedo) * share


def _plough(canvas: Canvas, area: BaseGeometry, frame: Frame, period: float, depth: float) -> None:
    west, north, east, south = area.bounds
    reach = math.hypot(
        max(abs(west - frame.x), abs(east - frame.x)),
        max(abs(north - frame.y), abs(south - frame.y)),
    )
    patch = canvas.patch(frame, reach)
    if patch is None:
        return
    origin = Affine.translation(patch.columns.start * canvas.step, patch.rows.start * canvas.step)
    shape = canvas.height[patch.rows, patch.columns].shape
    inside = rasterize([area], shape, transform=origin @ Affine.scale(canvas.step)) == 1
    clump = canvas.fields.clump[patch.rows, patch.columns]
    rows = np.sin((patch.v + 0.08 * clump) * (2 * math.pi / period))
    tone = np.where(inside, 1 + depth * rows * (1 + 0.4 * clump), 1.0)
    canvas.albedo[:, patch.rows, patch.columns] *= np.clip(tone, 0.3, 1.6).astype(np.float32)


def _paint_water(
    canvas: Canvas, layout: Layout, palette: Palette, rng: np.random.Generator
) -> None:
    """Depth tones, swell and ripples, a bright shallow or foam line on beaches."""
    shape = canvas.height.shape
    wet = _burn(canvas, [(layout.water, 1)], "uint8") == 1
    if not wet.any():
        return
    broad = octaves(rng, shape, 60.0 / canvas.step, 4)
    depth = smoothstep(broad, -1.6, 1.6)
    if layout.beach:
        shallow = _near_shore(canvas, layout)
        depth = depth * (1 - shallow)
    angle = rng.uniform(0, math.pi)
    ripples = _ripples(canvas, angle, rng)
    dark, light = (np.asarray(c, dtype=np.float32)[:, None, None] for c in palette.water)
    colour = light + (dark - light) * depth
    colour = colour * (1 + 0.10 * ripples) + np.float32(0.007) * np.maximum(ripples, 0)
    if layout.beach:
        sand = np.asarray(palette.soil[1], dtype=np.float32)[:, None, None]
        colour = colour + (sand * 0.55 - colour) * shallow**2 * 0.8
        foam = smoothstep(shallow + 0.05 * canvas.fields.clump, 0.90, 0.97)
        colour = colour + (np.float32(0.6) - colour) * foam * 0.7
    np.copyto(canvas.albedo, colour, where=wet)
    np.copyto(canvas.kind, np.uint8(Kind.WATER), where=wet)
    np.copyto(canvas.height, np.float32(-0.3 if layout.beach else -1.4), where=wet)


def _near_shore(canvas: Canvas, layout: Layout) -> Floats:
    """1 at the water's edge, falling to 0 some tens of metres out."""
    rings = [(layout.water.buffer(-d), index + 2) for index, d in enumerate((2, 5, 9, 14, 21, 30))]
    steps = _burn(canvas, [(layout.water, 1), *rings], "uint8").astype(np.float32)
    soft = enlarge(shrink(steps, max(2, int(3.0 / canvas.step))), steps.shape)
    return np.clip(1 - (soft - 1) / 6, 0, 1)


def _ripples(canvas: Canvas, angle: float, rng: np.random.Generator) -> Floats:
    """Waves running along `angle`, bent by noise; drawn at half the resolution, they are smooth."""
    patch = canvas.patch(Frame(0, 0, angle), 1e6)
    assert patch is not None
    u, v = patch.u[::2, ::2], patch.v[::2, ::2]
    warp = smooth_noise(rng, u.shape, 2.5 / canvas.step)
    total = np.zeros(u.shape, dtype=np.float32)
    for length, weight in ((5.5, 0.5), (2.3, 0.5), (1.1, 0.35)):
        turn = np.float32(rng.uniform(-0.4, 0.4))
        phase = (u + turn * v) * np.float32(2 * math.pi / length)
        total += weight * np.sin(phase + np.float32(2.4) * warp)
        warp = np.roll(warp, (u.shape[0] // 3, u.shape[1] // 5), (0, 1))
    calm = 0.45 + 0.4 * smoothstep(canvas.fields.patch, -1.0, 1.5)
    waves: Floats = (enlarge(total, canvas.height.shape) + 0.55 * canvas.fields.grain) * calm
    return waves
