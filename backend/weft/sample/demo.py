# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo town: one long scene cut into two neighbouring images, with areas worth labelling."""

from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from shapely import STRtree, affinity, area, box, intersection, union_all
from shapely.geometry import Polygon

from weft.errors import RequestError
from weft.grid import Grid, Window
from weft.sample.scene import Scene, render_scene
from weft.sample.truth import SceneObject
from weft.sample.variety import Variety

GSD_M = 0.2
UTM = CRS.from_epsg(32631)
ORIGIN = Affine(GSD_M, 0, 431200.0, 0, -GSD_M, 4581600.0)
WEST, EAST = Window(0, 0, 1536, 1024), Window(1536, 0, 1600, 1088)
CORNER = 220  # pixels along the sides of the corner that the second flight did not cover
AREA = 256  # pixels; 51.2 m
CLASSES = ("building", "ship")
TRIES = 20
HARBOUR = Variety(
    climates=("temperate", "tropical"),
    water=1.0,
    beach=0.0,
    shore_at=(0.12, 0.2),
    rotation_deg=(-4.0, 4.0),
    lean=0.1,
    noise=1.6,
    sun_deg=(42.0, 58.0),
    jpeg=(90, 94),
    colour_jitter=0.6,
)


@dataclass(frozen=True)
class Image:
    """Pixels uint8 (3, H, W) on their grid; 0 in all bands is nodata where `nodata` is 0."""

    name: str
    pixels: NDArray[np.uint8]
    grid: Grid
    nodata: int | None


@dataclass(frozen=True)
class Demo:
    """Images, everything visible in them, and five windows to learn from, all in UTM metres."""

    images: tuple[Image, ...]
    objects: list[SceneObject]
    areas: list[Polygon]


def render_demo(seed: int) -> Demo:
    """The demo town of `seed`; scenes without enough ships and houses to learn from are passed by.

    Raises RequestError for a negative seed, or one that finds no usable scene.
    """
    if seed < 0:
        raise RequestError(f"The seed is {seed}, but must not be negative; give 0 or more.")
    for attempt in range(TRIES):
        scene_seed = seed + 100_003 * attempt
        scene = render_scene(scene_seed, EAST.column + EAST.width, EAST.height, GSD_M, HARBOUR)
        objects = _inside(scene, _covered())
        areas = choose_areas(objects, np.random.default_rng([scene_seed, 5]))
        if areas:
            return Demo(_cut(scene), [_grounded(o) for o in objects], [_ground(a) for a in areas])
    raise RequestError(f"No scene of seed {seed} has enough ships; try another seed.")


def choose_areas(objects: list[SceneObject], rng: np.random.Generator) -> list[Polygon]:
    """Two windows with ships and three with buildings, disjoint, inside the images; [] if too few.

    Windows and objects are in pixel coordinates.
    """
    windows = [
        box(column, row, column + AREA, row + AREA)
        for image in (WEST, EAST)
        for column in range(image.column, image.column + image.width - AREA + 1, 64)
        for row in range(image.row, image.row + image.height - AREA + 1, 64)
    ]
    windows = [window for window in windows if _covered().contains(window)]
    order = [int(k) for k in rng.permutation(len(windows))]
    ships = _counted(objects, "ship", [windows[k] for k in order])
    buildings = _counted(objects, "building", [windows[k] for k in order])
    # The window most filled with ships, the one with most ships, then any with enough buildings.
    ranked = sorted(ships, key=lambda found: -found.share)[:1]
    ranked += sorted(ships, key=lambda found: -found.count)
    chosen: list[Polygon] = []
    for candidates, least, wanted in (
        (ranked[:1], 0.04, 1),
        (ranked[1:], 0.02, 2),
        (buildings, 0.12, 5),
    ):
        for found in candidates:
            apart = all(found.window.distance(other) >= AREA / 2 for other in chosen)
            if len(chosen) < wanted and apart and found.share >= least:
                chosen.append(found.window)
    return chosen if len(chosen) == 5 else []


@dataclass(frozen=True)
class _Found:
    window: Polygon
    count: int
    share: float


def _counted(objects: list[SceneObject], name: str, windows: list[Polygon]) -> list[_Found]:
    """How many objects of a class each window shows, and the share of it that they fill."""
    tree = STRtree([item.polygon for item in objects if item.class_name == name])
    found = []
    for window in windows:
        near = tree.geometries[tree.query(window, predicate="intersects")]
        share = float(area(intersection(near, window)).sum()) / window.area
        found.append(_Found(window, len(near), share))
    return found


def _covered() -> Polygon:
    """The ground that the two images show, in pixels."""
    right, bottom = EAST.column + EAST.width, EAST.height
    corner = Polygon([(right, bottom), (right - CORNER, bottom), (right, bottom - CORNER)])
    images = [box(w.column, w.row, w.column + w.width, w.row + w.height) for w in (WEST, EAST)]
    return Polygon(union_all(images).difference(corner))


def _inside(scene: Scene, covered: Polygon) -> list[SceneObject]:
    kept = []
    for item in scene.objects:
        if item.class_name not in CLASSES:
            continue
        visible = item.polygon.intersection(covered)
        parts = [p for p in getattr(visible, "geoms", [visible]) if isinstance(p, Polygon)]
        kept += [SceneObject(item.class_name, part) for part in parts if part.area * GSD_M**2 >= 1]
    return kept


def _cut(scene: Scene) -> tuple[Image, ...]:
    images = []
    for name, window, nodata in (("town_a", WEST, None), ("town_b", EAST, 0)):
        rows = slice(window.row, window.row + window.height)
        columns = slice(window.column, window.column + window.width)
        pixels = scene.pixels[:, rows, columns].copy()
        if nodata is not None:
            np.maximum(pixels, 1, out=pixels)  # black is nodata here
            from_right = np.arange(window.width)[::-1]
            from_bottom = np.arange(window.height)[::-1, None]
            pixels[:, from_right + from_bottom < CORNER] = nodata
        transform = ORIGIN @ Affine.translation(window.column, window.row)
        images.append(
            Image(name, pixels, Grid(UTM, transform, window.width, window.height), nodata)
        )
    return tuple(images)


def _ground(shape: Polygon) -> Polygon:
    terms = [ORIGIN.a, ORIGIN.b, ORIGIN.d, ORIGIN.e, ORIGIN.c, ORIGIN.f]
    return affinity.affine_transform(shape, terms)


def _grounded(item: SceneObject) -> SceneObject:
    return SceneObject(item.class_name, _ground(item.polygon))
