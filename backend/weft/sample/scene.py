# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders one seeded scene: a photograph from above, and the truth about what is visible in it."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, dwithin, points, prepare

from weft.errors import RequestError
from weft.sample.canvas import Canvas, Kind, blank_canvas
from weft.sample.ground import draw_ground
from weft.sample.harbour import plan_beach, plan_harbour
from weft.sample.light import develop
from weft.sample.palettes import draw_palette
from weft.sample.plan import Town, draw_plan
from weft.sample.plants import Crown, draw_trees, grow_crowns
from weft.sample.roofs import draw_roof, far_side_first, outline, ridge_height
from weft.sample.ships import draw_ship, draw_wake
from weft.sample.small import draw_car, draw_hedges, draw_tank
from weft.sample.texture import draw_fields
from weft.sample.things import Cover, Layout, Tree
from weft.sample.town import plan_town
from weft.sample.truth import SceneObject, visible_objects
from weft.sample.variety import Palette, Variety, draw_light

FINER = 2  # fine pixels along one pixel of the photograph


@dataclass(frozen=True)
class Scene:
    """`pixels` uint8 (3, H, W), what is visible as polygons, and as classes (`Kind`) per pixel."""

    pixels: NDArray[np.uint8]
    objects: list[SceneObject]
    mask: NDArray[np.uint8]


def render_scene(
    seed: int, width: int, height: int, gsd_m: float, variety: Variety | None = None
) -> Scene:
    """A scene of `width` times `height` pixels of `gsd_m` metres; the same for the same arguments.

    Costs about 2 to 3 seconds and 400 MB for a megapixel on one core. Raises RequestError for sizes
    that cannot be drawn.
    """
    if min(width, height) < 16 or not 0.05 <= gsd_m <= 5:
        raise RequestError(
            f"A scene of {width} x {height} pixels of {gsd_m} m cannot be drawn; "
            "ask for at least 16 x 16 pixels of 0.05 to 5 m."
        )
    variety = variety or Variety()
    rng = np.random.default_rng(seed)
    light = draw_light(rng, variety)
    palette = draw_palette(rng, variety)
    layout = draw_layout(rng, variety, palette, (width * gsd_m, height * gsd_m))
    crowns = grow_crowns(seed)
    layout.trees = settle_trees(layout, (width * gsd_m, height * gsd_m))
    step = gsd_m / FINER
    shape = (height * FINER, width * FINER)
    canvas = blank_canvas(shape, step, light, draw_fields(rng, shape, step))
    draw_layout_on(canvas, layout, palette, crowns, rng)
    pixels = develop(canvas, rng, FINER)
    middles = slice(FINER // 2, None, FINER)
    mask = np.ascontiguousarray(canvas.kind[middles, middles])
    return Scene(pixels, visible_objects(layout, light, crowns, (width, height), gsd_m), mask)


def class_mask(scene: Scene) -> NDArray[np.uint8]:
    """The class (`Kind`) of what is on top at every pixel, uint8 (H, W)."""
    return scene.mask


def draw_layout(
    rng: np.random.Generator, variety: Variety, palette: Palette, size: tuple[float, float]
) -> Layout:
    """Plan the whole scene of `size` (width, height) metres."""
    plan = draw_plan(rng, variety, size)
    wet = rng.random() < variety.water
    beach = wet and rng.random() < variety.beach
    weights = dict(
        zip(
            ("houses", "rows", "halls", "park", "field", "grove", "dense"),
            rng.dirichlet((4.5, 1.8, 1.3, 0.7, 0.6, 0.35, 0.9)),
            strict=True,
        )
    )
    ground = Cover(palette.soil, Kind.BACKGROUND, palette.lush)
    base = Town(plan, palette, variety, rng, Layout(ground), weights)
    shore = rng.uniform(*variety.shore_at) * min(size)
    if not wet:
        plan_town(base, math.inf)
    elif beach:
        plan_town(base, shore - 22)
        plan_beach(base, shore)
    else:
        apron = rng.uniform(16, 42)
        plan_town(base, shore - apron - 4)
        plan_harbour(base, shore, apron)
    return base.layout


def settle_trees(layout: Layout, size: tuple[float, float]) -> list[Tree]:
    """Drop trees off the scene, in houses or in water; the rest know whether they hide roofs."""
    trees = [tree for tree in layout.trees if _near(tree, size)]
    if not trees:
        return []
    stems = points([(tree.x, tree.y) for tree in trees])
    radii = np.asarray([tree.radius for tree in trees])
    index = STRtree([outline(roof.wings, roof.frame) for roof in layout.roofs])
    standing = np.ones(len(trees), dtype=bool)
    standing[index.query(stems, predicate="dwithin", distance=0.4 * radii + 0.6)[0]] = False
    if not layout.water.is_empty:
        prepare(layout.water)
        standing &= ~dwithin(layout.water, stems, 0.4 * radii)
    ridges = np.asarray([ridge_height(roof) for roof in layout.roofs])
    tallest = np.zeros(len(trees))
    pairs = index.query(stems, predicate="dwithin", distance=radii + 2)
    if pairs.size:
        np.maximum.at(tallest, pairs[0], ridges[pairs[1]])
    return [
        replace(tree, over_roofs=bool(tree.height * 0.55 > ridge))
        for tree, stands, ridge in zip(trees, standing, tallest, strict=True)
        if stands
    ]


def _near(tree: Tree, size: tuple[float, float]) -> bool:
    reach = 4 * tree.height  # its shadow may fall into the scene
    return -reach < tree.x < size[0] + reach and -reach < tree.y < size[1] + reach


def draw_layout_on(
    canvas: Canvas,
    layout: Layout,
    palette: Palette,
    crowns: tuple[Crown, ...],
    rng: np.random.Generator,
) -> None:
    """Paint the layout from the ground up."""
    draw_ground(canvas, layout, palette, rng)
    for ship in layout.ships:
        draw_wake(canvas, ship)
    for ship in layout.ships:
        draw_ship(canvas, ship)
    for car in layout.cars:
        draw_car(canvas, car)
    for item in layout.boxes:
        canvas.box(item.frame, item.size, item.colour, item.rise, item.kind)
    for tank in layout.tanks:
        draw_tank(canvas, tank)
    draw_hedges(canvas, layout.hedges, palette)
    for roof in far_side_first(layout.roofs, canvas.light):
        draw_roof(canvas, roof)
    draw_trees(canvas, layout.trees, crowns)
