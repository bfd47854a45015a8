# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws buildings: walls seen by a leaning camera, and the roof as the wings' upper envelope."""

import math

import numpy as np
from shapely import union_all
from shapely.geometry import MultiPolygon, Polygon

from weft.sample.canvas import Canvas, Frame, Kind, Mask, Patch
from weft.sample.roofing import SURFACES, Surface
from weft.sample.rooftops import draw_flat_details, draw_pitched_details
from weft.sample.things import Roof, Wing
from weft.sample.variety import Floats, Light


def roof_frame(roof: Roof, light: Light) -> Frame:
    """Where the roof appears in the image: a leaning view moves it away from its ground."""
    return roof.frame.moved(light.lean[0] * roof.eave, light.lean[1] * roof.eave)


def outline(wings: tuple[Wing, ...], frame: Frame) -> Polygon:
    """The outline of the wings' union in `frame`."""
    merged = union_all([frame.rectangle(w.u0, w.u1, w.v0, w.v1) for w in wings], grid_size=1e-4)
    if isinstance(merged, MultiPolygon):
        merged = max(merged.geoms, key=lambda part: part.area)
    return Polygon(merged)


def walls_and_roof(roof: Roof, light: Light) -> Polygon:
    """All that the building hides of what lies behind it, in metres on the canvas."""
    parts = []
    for wing in roof.wings:
        ground = roof.frame.rectangle(wing.u0, wing.u1, wing.v0, wing.v1)
        top = roof_frame(roof, light).rectangle(wing.u0, wing.u1, wing.v0, wing.v1)
        parts.append(ground.union(top).convex_hull)
    return union_all(parts)


def ridge_height(roof: Roof) -> float:
    """Metres from the ground to the highest ridge."""
    half = max(min(w.u1 - w.u0, w.v1 - w.v0) / 2 for w in roof.wings)
    return roof.eave + (0.0 if roof.surface == "flat" else half * roof.pitch)


def far_side_first(roofs: list[Roof], light: Light) -> list[Roof]:
    """Roofs in the order of painting: what a leaning view hides comes before what hides it."""
    lean_x, lean_y = light.lean
    return sorted(roofs, key=lambda r: -(r.frame.x * lean_x + r.frame.y * lean_y))


def draw_roof(canvas: Canvas, roof: Roof) -> None:
    """Paint walls and roof of one building; buildings must come far side first."""
    reach = max(math.hypot(u, v) for w in roof.wings for u in (w.u0, w.u1) for v in (w.v0, w.v1))
    _draw_walls(canvas, roof, reach)
    frame = roof_frame(roof, canvas.light)
    patch = canvas.patch(frame, reach + 0.5)
    if patch is None:
        return
    surface = _surface(roof, patch, canvas.light, frame.angle)
    if not surface.mask.any():
        return
    rng = np.random.default_rng(roof.seed)
    colour = SURFACES[roof.surface](canvas, patch, surface, roof, rng)
    top = roof.eave + surface.rise
    canvas.paint(patch, surface.mask, colour, top, surface.facing, Kind.BUILDING)
    if roof.surface == "flat":
        draw_flat_details(canvas, frame, roof, rng)
    else:
        draw_pitched_details(canvas, frame, roof, rng)


def _inside(patch: Patch, wing: Wing) -> tuple[Floats, Floats, Mask]:
    """Metres to the wing's sides along u and v, and the pixels inside."""
    a = (wing.u1 - wing.u0) / 2 - np.abs(patch.u - (wing.u0 + wing.u1) / 2)
    b = (wing.v1 - wing.v0) / 2 - np.abs(patch.v - (wing.v0 + wing.v1) / 2)
    return a, b, (a > 0) & (b > 0)


def _draw_walls(canvas: Canvas, roof: Roof, reach: float) -> None:
    lean = math.hypot(*canvas.light.lean) * roof.eave
    stages = math.ceil(lean / (1.5 * canvas.step))
    for stage in range(stages):
        share = stage / stages
        dx, dy = (component * roof.eave * share for component in canvas.light.lean)
        patch = canvas.patch(roof.frame.moved(dx, dy), reach + 0.3)
        if patch is None:
            continue
        for wing in roof.wings:
            a, b, mask = _inside(patch, wing)
            side_u = np.where(patch.u > (wing.u0 + wing.u1) / 2, 0.0, math.pi)
            side_v = np.where(patch.v > (wing.v0 + wing.v1) / 2, math.pi / 2, -math.pi / 2)
            normal = roof.frame.angle + np.where(a < b, side_u, side_v)
            sun = math.atan2(canvas.light.towards[1], canvas.light.towards[0])
            facing = np.maximum(0, np.cos(normal - sun)) / math.hypot(1, canvas.light.tangent)
            windows = (share * roof.eave % 3.0 > 1.1) & (share * roof.eave % 3.0 < 2.4)
            along = np.where(a < b, patch.v, patch.u) % 2.6 < 1.1
            tone = np.where(along & windows, 0.35, 0.85).astype(np.float32)
            colour = np.asarray(roof.wall, dtype=np.float32)[:, None, None] * tone
            canvas.paint(
                patch, mask, colour, roof.eave * share, facing.astype(np.float32), Kind.BACKGROUND
            )


def _surface(roof: Roof, patch: Patch, light: Light, angle: float) -> Surface:
    """The upper envelope of the wings: valleys where they meet come by themselves."""
    shape = np.broadcast_shapes(patch.u.shape, patch.v.shape)
    rise = np.full(shape, -1.0, dtype=np.float32)
    facing, down, across, edge, ridge = (np.zeros(shape, dtype=np.float32) for _ in range(5))
    cos, sin = math.cos(angle), math.sin(angle)
    for wing in roof.wings:
        a, b, inside = _inside(patch, wing)
        pitch = 0.0 if roof.surface == "flat" else roof.pitch
        middle_u, middle_v = (wing.u0 + wing.u1) / 2, (wing.v0 + wing.v1) / 2
        nearest = np.minimum(a, b)
        if wing.form == "hip":
            up_u, up_v = a < b, a >= b
            slope = nearest
            to_ridge = np.abs(a - b)
        elif wing.form == "shed":
            up_u, up_v = np.zeros(shape, bool), np.ones(shape, bool)
            slope, to_ridge = patch.v - wing.v0, b + 1.0
            pitch *= 0.4
        else:
            up_u = np.full(shape, not wing.along_u)
            up_v = ~up_u
            slope = b if wing.along_u else a
            half = (wing.v1 - wing.v0 if wing.along_u else wing.u1 - wing.u0) / 2
            to_ridge = half - slope
        height = (slope * pitch).astype(np.float32)
        better = inside & (height > rise)
        sign_u = np.where(patch.u < middle_u, 1.0, -1.0)
        sign_v = np.where(patch.v < middle_v, 1.0, -1.0)
        if wing.form == "shed":
            sign_v = np.ones_like(sign_v)
        lit = _lit(light, pitch, cos, sin)
        shade = np.where(
            up_u, np.where(sign_u > 0, lit[0], lit[1]), np.where(sign_v > 0, lit[2], lit[3])
        )
        np.copyto(rise, height, where=better)
        np.copyto(facing, shade, where=better, casting="same_kind")
        np.copyto(down, slope, where=better)
        np.copyto(across, np.where(up_v, patch.u, patch.v), where=better)
        np.copyto(edge, nearest, where=better)
        np.copyto(ridge, to_ridge, where=better)
    return Surface(rise >= 0, rise, facing, down, across, edge, ridge)


def _lit(light: Light, pitch: float, cos: float, sin: float) -> tuple[float, float, float, float]:
    """Cosine towards the sun of slopes that rise along +u, -u, +v, -v."""
    return (
        light.facing(pitch * cos, pitch * sin),
        light.facing(-pitch * cos, -pitch * sin),
        light.facing(-pitch * sin, pitch * cos),
        light.facing(pitch * sin, -pitch * cos),
    )
