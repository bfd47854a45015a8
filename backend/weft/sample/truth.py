# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a layout is visible from above, as polygons."""

from dataclasses import dataclass

from shapely import STRtree, affinity, box, union_all
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from weft.sample.hulls import hull
from weft.sample.plants import Crown, crown_polygon
from weft.sample.roofs import far_side_first, outline, roof_frame, walls_and_roof
from weft.sample.things import Layout
from weft.sample.variety import Light

SMALLEST_M2 = 1.0  # visible parts of objects below this are left out of the truth


@dataclass(frozen=True)
class SceneObject:
    """One visible object; `polygon` is in pixel coordinates, x to the right and y down."""

    class_name: str
    polygon: Polygon | MultiPolygon


def visible_objects(
    layout: Layout,
    light: Light,
    crowns: tuple[Crown, ...],
    size: tuple[int, int],
    gsd_m: float,
) -> list[SceneObject]:
    """Outlines of buildings, ships, cars and trees as far as nothing hides them, in pixels."""
    frame = box(0, 0, size[0] * gsd_m, size[1] * gsd_m)
    crown_shapes = [_leaning(crown_polygon(t, crowns), light, t.height) for t in layout.trees]
    hiding = [
        shape for shape, tree in zip(crown_shapes, layout.trees, strict=True) if tree.over_roofs
    ]
    roofs = far_side_first(layout.roofs, light)
    bodies = [walls_and_roof(roof, light) for roof in roofs]
    found: list[tuple[str, BaseGeometry]] = []
    crown_index, body_index = STRtree(hiding), STRtree(bodies)
    for order, roof in enumerate(roofs):
        shape = outline(roof.wings, roof_frame(roof, light))
        later = [bodies[int(k)] for k in body_index.query(shape) if int(k) > order]
        above = [hiding[int(k)] for k in crown_index.query(shape)]
        found.append(("building", _without(shape, later + above)))
    found += [("ship", hull(ship)) for ship in layout.ships]
    all_crowns = STRtree(crown_shapes)
    for car in layout.cars:
        shape = car.frame.rectangle(-car.length / 2, car.length / 2, -car.width / 2, car.width / 2)
        above = [crown_shapes[int(k)] for k in all_crowns.query(shape)]
        above += [bodies[int(k)] for k in body_index.query(shape)]
        found.append(("car", _without(shape, above)))
    found += [("tree", shape) for shape in crown_shapes]
    objects = []
    for name, shape in found:
        visible = _polygons(shape.intersection(frame))
        if visible is not None:
            pixels = affinity.scale(visible, 1 / gsd_m, 1 / gsd_m, origin=(0, 0))
            objects.append(SceneObject(name, pixels))
    return objects


def _leaning(shape: Polygon, light: Light, height: float) -> Polygon:
    return affinity.translate(shape, light.lean[0] * height * 0.8, light.lean[1] * height * 0.8)


def _without(shape: BaseGeometry, above: list[Polygon]) -> BaseGeometry:
    return shape.difference(union_all(above)) if above else shape


def _polygons(shape: BaseGeometry) -> Polygon | MultiPolygon | None:
    """The parts of `shape` that are large enough to see, None if there are none."""
    parts = [
        p
        for p in getattr(shape, "geoms", [shape])
        if isinstance(p, Polygon) and p.area >= SMALLEST_M2
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
