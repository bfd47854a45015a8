# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans carriageways, pavements and their traffic, and car parks."""

import math
from dataclasses import replace

import numpy as np
from shapely.geometry import LineString
from shapely.ops import unary_union

from weft.sample.canvas import Frame, Kind
from weft.sample.plan import Block, Town
from weft.sample.things import Box, Car, Cover
from weft.sample.variety import Colour, scaled

CAR_COLOURS: tuple[Colour, ...] = (
    (0.75, 0.75, 0.75),
    (0.72, 0.72, 0.70),
    (0.45, 0.46, 0.48),
    (0.22, 0.23, 0.24),
    (0.03, 0.03, 0.035),
    (0.05, 0.06, 0.08),
    (0.40, 0.05, 0.04),
    (0.05, 0.10, 0.28),
    (0.30, 0.26, 0.20),
)
LOADS: tuple[Colour, ...] = (
    (0.68, 0.68, 0.66),
    (0.60, 0.60, 0.60),
    (0.10, 0.18, 0.33),
    (0.34, 0.26, 0.17),
    (0.20, 0.20, 0.20),
)


def pave_streets(town: Town, streets: list[tuple[LineString, float]], paved: bool) -> None:
    """Pavements, carriageways, wheel tracks, markings and traffic."""
    palette, layout = town.palette, town.layout
    walks = unary_union([line.buffer(w / 2 + 1.8, cap_style="flat") for line, w in streets])
    roads = unary_union([line.buffer(w / 2, cap_style="flat") for line, w in streets])
    tracks = unary_union(
        [
            line.offset_curve(side * (w / 4 + 0.75 * wheel)).buffer(0.35)
            for line, w in streets
            for side in (-1, 1)
            for wheel in (-1, 1)
        ]
    )
    verge = town.cover(palette.paving, Kind.PAVED, 0.12, 0.05) if paved else town.ground(0.4)
    tone = palette.asphalt if paved else palette.soil[1]
    if paved:
        kerbs = (roads.buffer(0.16, join_style="mitre"), town.cover(palette.concrete, Kind.PAVED))
        layout.covers += [(walks, verge), kerbs]
    else:
        layout.covers.append((walks, verge))
    road = town.cover(tone, Kind.ROAD, 0.0, 0.04 if paved else 0.06)
    worn = toned(road, 1.09)
    layout.covers += [(roads, road), (tracks.intersection(roads), worn)]
    if paved:
        mend_roads(town, streets, road)
    for line, width in streets:
        if paved and width >= 5.5:
            mark_lane(town, line, width)
        park_cars(town, line, width)


def mend_roads(town: Town, streets: list[tuple[LineString, float]], road: Cover) -> None:
    """Patches of newer and older asphalt, and cracks along the lanes."""
    rng = town.rng
    for line, width in streets:
        for _ in range(int(rng.poisson(line.length / 28))):
            at = rng.uniform(0, line.length)
            place, ahead = (line.interpolate(at + d) for d in (0.0, 1.0))
            angle = math.atan2(ahead.y - place.y, ahead.x - place.x)
            frame = Frame(place.x, place.y, angle).inner(0, rng.uniform(-0.5, 0.5) * (width - 2))
            long, wide = rng.uniform(1, 7), rng.uniform(0.7, 1.8)
            tone = float(rng.choice([0.72, 0.85, 1.12]))
            patch = toned(road, tone)
            area = frame.rectangle(-long / 2, long / 2, -wide / 2, wide / 2)
            town.layout.covers.append((area, patch))
        for _ in range(int(line.length / 22)):
            start = rng.uniform(0, line.length)
            steps = [line.interpolate(start + 1.5 * k) for k in range(int(rng.integers(3, 8)))]
            wander = np.cumsum(rng.normal(0, 0.3, (len(steps), 2)), axis=0)
            shift = rng.uniform(-0.3, 0.3, 2) * width
            crack = LineString(
                [
                    (p.x + w[0] + shift[0], p.y + w[1] + shift[1])
                    for p, w in zip(steps, wander, strict=True)
                ]
            )
            town.layout.joints.append(crack.buffer(0.05))


def cross_streets(
    town: Town, columns: list[tuple[float, float]], rows: list[tuple[float, float]]
) -> None:
    """Zebra crossings at some junctions of the streets given as (position, width)."""
    for u, width in columns:
        for v, other in rows:
            if width < 5.5 or town.rng.random() > 0.3:
                continue
            frame = town.plan.frame(u, v + other / 2 + 3.2)
            for at in np.arange(-width / 2 + 0.5, width / 2 - 0.4, 1.0):
                town.layout.markings.append(frame.rectangle(float(at), float(at) + 0.5, -1.4, 1.4))


def park_lorries(town: Town, block: Block, count: float) -> None:
    """About `count` lorries standing about in a yard."""
    rng = town.rng
    u0, u1, v0, v1 = block
    if u1 - u0 < 15 or v1 - v0 < 4:
        return
    for _ in range(int(rng.poisson(count))):
        frame = town.plan.frame(rng.uniform(u0 + 7, u1 - 7), rng.uniform(v0 + 1.5, v1 - 1.5))
        frame = frame.inner(0, 0, rng.normal(0, 0.12))
        long = rng.uniform(6, 12.5)
        load = town.colour(LOADS, 0.15)
        town.layout.boxes += [
            Box(frame, (long, 2.5), 3.4, load, Kind.CAR),
            Box(
                frame.inner(long / 2 + 1.3, 0), (2.2, 2.4), 2.7, town.colour(CAR_COLOURS), Kind.CAR
            ),
            Box(frame.inner(long / 2 + 2.1, 0), (0.5, 2.2), 0.02, (0.04, 0.045, 0.05), Kind.CAR),
        ]


def toned(cover: Cover, factor: float) -> Cover:
    """A lighter or darker cover of the same kind."""
    return replace(cover, tones=(scaled(cover.tones[0], factor), scaled(cover.tones[1], factor)))


def mark_lane(town: Town, line: LineString, width: float) -> None:
    """A dashed centre line, and edge lines on wide roads."""
    dash, gap = (3.0, 4.5) if width < 8 else (4.0, 4.0)
    position = float(town.rng.uniform(0, 5))
    while position + dash < line.length:
        ends = [line.interpolate(position), line.interpolate(position + dash)]
        town.layout.markings.append(LineString(ends).buffer(0.09, cap_style="flat"))
        position += dash + gap
    if width >= 8:
        for side in (-1, 1):
            edge = line.offset_curve(side * (width / 2 - 0.35))
            town.layout.markings.append(edge.buffer(0.08, cap_style="flat"))


def park_cars(town: Town, line: LineString, width: float) -> None:
    """Cars along the kerbs and a few in the lanes."""
    rng = town.rng
    density = rng.uniform(0.0, 0.35)
    for side in (-1, 1):
        for at in np.arange(6.0, line.length - 6, 6.2):
            moving = rng.random() < 0.035
            if not moving and rng.random() > density * 0.5:
                continue
            place = line.interpolate(float(at))
            ahead = line.interpolate(float(at) + 1.0)
            angle = math.atan2(ahead.y - place.y, ahead.x - place.x)
            offset = side * (width / 4 if moving else width / 2 - 1.05)
            frame = Frame(place.x, place.y, angle).inner(0, offset, rng.normal(0, 0.02))
            town.layout.cars.append(draw_car(town, frame))


def draw_car(town: Town, frame: Frame) -> Car:
    """A car, seldom a van."""
    van = town.rng.random() < 0.12
    length = town.rng.uniform(5.2, 7.5) if van else town.rng.uniform(3.7, 4.7)
    colours = CAR_COLOURS[:2] if van else CAR_COLOURS
    width = town.rng.uniform(2.0, 2.3) if van else town.rng.uniform(1.65, 1.85)
    return Car(frame, length, width, town.colour(colours, 0.15))


def fill_parking(town: Town, block: Block) -> None:
    """Marked bays with cars in rows."""
    u0, u1, v0, v1 = block
    rng, plan, layout = town.rng, town.plan, town.layout
    if v1 - v0 < 5.5 or u1 - u0 < 6:
        return
    full = rng.uniform(0.15, 0.8)
    for v in np.arange(v0 + 2.5, v1 - 2.4, 8.5):
        for u in np.arange(u0 + 1.3, u1 - 1.3, 2.6):
            frame = plan.frame(float(u), float(v)).inner(0, 0, math.pi / 2)
            layout.markings.append(frame.inner(0, 1.3).rectangle(-2.3, 2.3, -0.05, 0.05))
            if rng.random() < full:
                spot = frame.inner(rng.normal(0, 0.15), rng.normal(0, 0.1), rng.normal(0, 0.02))
                layout.cars.append(replace(draw_car(town, spot), length=4.2, width=1.75))
