# SPDX-License-Identifier: GPL-3.0-or-later
"""The canvas: reflectance, height, slope towards the sun and class of every fine pixel.

Places are metres from the upper left corner, x to the right and y down.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from weft.sample.texture import Fields
from weft.sample.variety import Colour, Floats, Light

Mask = NDArray[np.bool_]


class Kind(IntEnum):
    """Classes of the truth mask."""

    BACKGROUND = 0
    BUILDING = 1
    SHIP = 2
    ROAD = 3
    TREE = 4
    WATER = 5
    CAR = 6
    GRASS = 7
    PAVED = 8


@dataclass(frozen=True)
class Frame:
    """A local coordinate frame: its origin in metres and the angle of its u axis in radians."""

    x: float
    y: float
    angle: float

    def place(self, u: float, v: float) -> tuple[float, float]:
        """Metres on the canvas of the local point (u, v)."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return self.x + u * cos - v * sin, self.y + u * sin + v * cos

    def inner(self, u: float, v: float, turn: float = 0.0) -> "Frame":
        """A frame at the local point (u, v), turned by `turn`."""
        return Frame(*self.place(u, v), self.angle + turn)

    def moved(self, dx: float, dy: float) -> "Frame":
        """The same frame elsewhere."""
        return Frame(self.x + dx, self.y + dy, self.angle)

    def rectangle(self, u0: float, u1: float, v0: float, v1: float) -> Polygon:
        """A rectangle of this frame as a polygon on the canvas."""
        return Polygon([self.place(u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))])


@dataclass(frozen=True)
class Patch:
    """A window of the canvas with the local coordinates (metres) of its pixel centres."""

    rows: slice
    columns: slice
    u: Floats
    v: Floats


@dataclass(frozen=True)
class Canvas:
    """Arrays that painting changes in place; `step` is the fine pixel in metres."""

    step: float
    light: Light
    fields: Fields
    albedo: Floats  # (3, H, W)
    height: Floats  # (H, W), metres
    facing: Floats  # (H, W), cosine towards the sun
    kind: NDArray[np.uint8]

    def patch(self, frame: Frame, reach: float) -> Patch | None:
        """The pixels within `reach` metres of the frame's origin, None if off the canvas."""
        height, width = self.height.shape
        top, left = (int((c - reach) / self.step) for c in (frame.y, frame.x))
        bottom, right = (int((c + reach) / self.step) + 2 for c in (frame.y, frame.x))
        top, left = max(top, 0), max(left, 0)
        bottom, right = min(bottom, height), min(right, width)
        if top >= bottom or left >= right:
            return None
        x = (np.arange(left, right, dtype=np.float32) + 0.5) * self.step - frame.x
        y = ((np.arange(top, bottom, dtype=np.float32) + 0.5) * self.step - frame.y)[:, None]
        cos, sin = np.float32(math.cos(frame.angle)), np.float32(math.sin(frame.angle))
        rows, columns = slice(top, bottom), slice(left, right)
        u, v = x * cos + y * sin, y * cos - x * sin
        return Patch(rows, columns, u.astype(np.float32), v.astype(np.float32))

    def paint(
        self,
        patch: Patch,
        mask: Mask,
        colour: Floats | Colour,
        height: Floats | float | None = None,
        facing: Floats | float | None = None,
        kind: Kind | None = None,
    ) -> None:
        """Cover the pixels of `mask` with a surface; what is None stays as it is."""
        window = (patch.rows, patch.columns)
        values = np.asarray(colour, dtype=np.float32)
        if values.ndim == 1:
            values = values[:, None, None]
        np.copyto(self.albedo[:, *window], values, where=mask)
        if height is not None:
            np.copyto(self.height[window], height, where=mask)
        if facing is not None:
            np.copyto(self.facing[window], facing, where=mask)
        if kind is not None:
            np.copyto(self.kind[window], np.uint8(kind), where=mask)

    def box(
        self,
        frame: Frame,
        size: tuple[float, float],
        colour: Colour,
        rise: float,
        kind: Kind | None = None,
        rough: float = 0.04,
    ) -> None:
        """A flat-topped box of `size` metres, `rise` metres above what it stands on."""
        half_u, half_v = size[0] / 2, size[1] / 2
        patch = self.patch(frame, math.hypot(half_u, half_v))
        if patch is None:
            return
        mask = (np.abs(patch.u) <= half_u) & (np.abs(patch.v) <= half_v)
        if not mask.any():
            return
        ground = self.height[patch.rows, patch.columns]
        top = float(np.median(ground[mask])) + rise
        shade = 1 + rough * self.fields.clump[patch.rows, patch.columns]
        tone = np.asarray(colour, dtype=np.float32)[:, None, None] * shade
        self.paint(patch, mask, tone, top, self.light.facing(0, 0), kind)


def blank_canvas(shape: tuple[int, int], step: float, light: Light, fields: Fields) -> Canvas:
    """A flat black canvas of `shape` fine pixels."""
    return Canvas(
        step=step,
        light=light,
        fields=fields,
        albedo=np.zeros((3, *shape), dtype=np.float32),
        height=np.zeros(shape, dtype=np.float32),
        facing=np.full(shape, light.facing(0, 0), dtype=np.float32),
        kind=np.zeros(shape, dtype=np.uint8),
    )
