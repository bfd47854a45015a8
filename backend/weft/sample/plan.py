# SPDX-License-Identifier: GPL-3.0-or-later
"""The town's own curved coordinates, and what the planners of its parts share."""

import math
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Polygon

from weft.sample.canvas import Frame, Kind
from weft.sample.palettes import shift
from weft.sample.things import Cover, Layout
from weft.sample.variety import Colour, Palette, Variety

Block = tuple[float, float, float, float]  # u0, u1, v0, v1 in the town's coordinates, metres


@dataclass(frozen=True)
class Plan:
    """The town's own coordinates: turned about the scene's centre and gently bent."""

    centre: tuple[float, float]
    angle: float
    bend: tuple[float, float]  # amplitude in metres along v and u
    wave: tuple[float, float]  # wave numbers in rad/m
    phase: tuple[float, float]
    radius: float

    def point(self, u: float, v: float) -> tuple[float, float]:
        """Metres on the canvas of the town's (u, v)."""
        bent_u = u + self.bend[1] * math.sin(v * self.wave[1] + self.phase[1])
        bent_v = v + self.bend[0] * math.sin(u * self.wave[0] + self.phase[0])
        return Frame(*self.centre, self.angle).place(bent_u, bent_v)

    def frame(self, u: float, v: float) -> Frame:
        """A frame at (u, v) along the street that runs there."""
        x0, y0 = self.point(u - 1, v)
        x1, y1 = self.point(u + 1, v)
        return Frame(*self.point(u, v), math.atan2(y1 - y0, x1 - x0))

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> LineString:
        """A street's centre line between two points of the town."""
        count = max(2, int(math.dist(start, end) / 6))
        shares = [k / count for k in range(count + 1)]
        return LineString(
            [
                self.point(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t)
                for t in shares
            ]
        )

    def area(self, u0: float, u1: float, v0: float, v1: float) -> Polygon:
        """A rectangle of the town as a polygon on the canvas."""
        sides = (
            ((u0, v0), (u1, v0)),
            ((u1, v0), (u1, v1)),
            ((u1, v1), (u0, v1)),
            ((u0, v1), (u0, v0)),
        )
        points = [p for start, end in sides for p in list(self.line(start, end).coords)[:-1]]
        return Polygon(points)


def draw_plan(rng: np.random.Generator, variety: Variety, size: tuple[float, float]) -> Plan:
    """A random plan for a scene of `size` (width, height) metres."""
    amount = variety.curvature
    return Plan(
        centre=(size[0] / 2, size[1] / 2),
        angle=math.radians(rng.uniform(*variety.rotation_deg)),
        bend=(amount * rng.uniform(0, 6), amount * rng.uniform(0, 5)),
        wave=(2 * math.pi / rng.uniform(150, 320), 2 * math.pi / rng.uniform(150, 320)),
        phase=(rng.uniform(0, 6.28), rng.uniform(0, 6.28)),
        radius=math.hypot(*size) / 2 + 15,
    )


@dataclass(frozen=True)
class Town:
    """What the planners of a town share."""

    plan: Plan
    palette: Palette
    variety: Variety
    rng: np.random.Generator
    layout: Layout
    weights: dict[str, float]

    def colour(self, colours: tuple[Colour, ...], amount: float = 0.18) -> Colour:
        """One of `colours`, moved a little."""
        return shift(self.rng, colours[int(self.rng.integers(len(colours)))], amount)

    def cover(self, tone: Colour, kind: Kind, green: float = 0.0, rough: float = 0.04) -> Cover:
        """A cover of about one tone."""
        first = shift(self.rng, tone, 0.08, 0.15)
        second = shift(self.rng, first, 0.14, 0.15)
        return Cover((first, second), kind, green, rough, float(self.rng.uniform(0.8, 1.25)))

    def ground(self, green: float) -> Cover:
        """Soil that grass has partly taken."""
        kind = Kind.BACKGROUND
        tint = float(self.rng.uniform(0.75, 1.3))
        return Cover(self.palette.soil, kind, green, 0.06, tint)

    def seed(self) -> int:
        """A seed for one thing's details."""
        return int(self.rng.integers(2**31))


def spread(
    rng: np.random.Generator, start: float, end: float, step: tuple[float, float]
) -> list[float]:
    """Positions from `start` to `end` at random steps."""
    positions = [start]
    while positions[-1] < end:
        positions.append(positions[-1] + rng.uniform(*step))
    return positions
