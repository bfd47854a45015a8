# SPDX-License-Identifier: GPL-3.0-or-later
"""What a layout consists of, as plain data in metres; the painters turn it into pixels."""

from dataclasses import dataclass, field

from shapely.geometry import LineString, Polygon

from weft.sample.canvas import Frame, Kind
from weft.sample.variety import Colour


@dataclass(frozen=True)
class Cover:
    """A ground surface: two tones that noise mixes, and the share that grass has taken."""

    tones: tuple[Colour, Colour]
    kind: Kind
    green: float = 0.0
    rough: float = 0.04
    tint: float = 1.0


@dataclass(frozen=True)
class Wing:
    """A rectangular part of a roof in the building's frame; `along_u` is its ridge's direction."""

    u0: float
    u1: float
    v0: float
    v1: float
    form: str = "gable"  # gable, hip, shed or flat
    along_u: bool = True


@dataclass(frozen=True)
class Roof:
    """A building: `frame` is its place on the ground, `eave` its walls' height."""

    frame: Frame
    wings: tuple[Wing, ...]
    eave: float
    pitch: float
    surface: str  # tile, metal or flat
    colour: Colour
    wall: Colour
    seed: int


@dataclass(frozen=True)
class Ship:
    """A ship: its frame's u axis points from stern to bow; `speed` in m/s, 0 when moored."""

    frame: Frame
    length: float
    beam: float
    style: str  # coaster, container, tanker, ferry, fishing or yacht
    speed: float
    seed: int


@dataclass(frozen=True)
class Tree:
    """A crown; `over_roofs` tells whether it hides the roofs that it reaches."""

    x: float
    y: float
    radius: float
    height: float
    stamp: int
    turn: float
    colour: Colour
    over_roofs: bool = True


@dataclass(frozen=True)
class Car:
    """A car by its length and width in metres."""

    frame: Frame
    length: float
    width: float
    colour: Colour


@dataclass(frozen=True)
class Box:
    """Anything with a flat top: containers, walls, sheds too small to be buildings."""

    frame: Frame
    size: tuple[float, float]
    rise: float
    colour: Colour
    kind: Kind | None = None


@dataclass(frozen=True)
class Tank:
    """A cylindrical storage tank."""

    x: float
    y: float
    radius: float
    rise: float
    colour: Colour


@dataclass(frozen=True)
class Furrows:
    """A ploughed or planted field: rows along u."""

    polygon: Polygon
    frame: Frame
    period: float
    depth: float


@dataclass
class Layout:
    """Everything on the ground, filled by the planners; later covers lie on top of earlier ones."""

    base: Cover
    covers: list[tuple[Polygon, Cover]] = field(default_factory=list)
    markings: list[Polygon] = field(default_factory=list)
    joints: list[Polygon] = field(default_factory=list)
    fields: list[Furrows] = field(default_factory=list)
    hedges: list[LineString] = field(default_factory=list)
    water: Polygon = field(default_factory=Polygon)
    beach: bool = False
    roofs: list[Roof] = field(default_factory=list)
    ships: list[Ship] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    cars: list[Car] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    tanks: list[Tank] = field(default_factory=list)
