# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines whose walls meet at right angles, as those of most buildings do.

Polygons that touch form a group with one main direction. Each of its walls that lies near that
direction, or across it, is put exactly there, at the mean place of all wall pieces that it
continues; walls that lie otherwise stay free. Vertices are moved, not polygons: what neighbours
share stays shared. Polygons that would change too much are left as they were.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from weft.polygons.trace import Polygons

Index = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEANING = np.radians(20.0)  # what leans more than this from both axes stays free
SURE = np.radians(12.0)  # walls that tell the main direction
LEAST_SHARE = 0.55  # of the outline that leans less; of a circle it is 0.44
SHORT = 3.0  # pixels: a wall that is shorter is taken for a step of the raster
CUT = 0.5  # of the shorter wall beside it: what a slanting edge may cut off a corner
WORTH_SCALING = 0.01
STAIR = 1.5  # pixels that outlines may stray from a wall which runs across the grid
ROUNDS = 4  # each holds what failed in the one before
LEAST_IOU, MOST_CHANGE = 0.9, 0.05
STRAIGHT, FAINT = 1e-6, 1e-12
INSIDES_MEET = "T********"  # of the nine relations of two polygons (DE-9IM)


@dataclass(frozen=True)
class Mesh:
    """Polygons by the vertices (V, 2) that they share.

    `corners` (C,) tells the vertex of each corner, ring by ring, without the closing one; `rings`
    (C,) the ring of each corner, `owners` (R,) the polygon of each ring.
    """

    vertices: Numbers
    corners: Index
    rings: Index
    owners: Index

    @cached_property
    def edges(self) -> tuple[Index, Index]:
        """Vertices (C,) at both ends of the edge that begins at each corner."""
        return self.corners, _following(self.corners, self.rings)

    @cached_property
    def groups(self) -> Index:
        """The group (V,) of each vertex: polygons that share one are in the same."""
        start, end = self.edges
        # a hole belongs to the shell around it
        rings = self.corners[np.flatnonzero(np.diff(self.rings, prepend=-1))]
        shells = rings[np.searchsorted(self.owners, self.owners)]
        pairs = np.append(start, rings), np.append(end, shells)
        return _parts(len(self.vertices), *pairs)

    @property
    def polygon_groups(self) -> Index:
        """The group (N,) of each polygon."""
        _, first = np.unique(self.owners[self.rings], return_index=True)
        return self.groups[self.corners[first]]


def mesh_of(polygons: Polygons) -> Mesh:
    """The mesh of a coverage, in which neighbours have the same vertices along their border."""
    _, points, (ring_ends, shells) = shapely.to_ragged_array(polygons)
    closing = np.zeros(len(points), bool)
    closing[ring_ends[1:] - 1] = True
    lengths = np.diff(ring_ends) - 1
    places = points[~closing]
    keys, corners = np.unique(places[:, 0] + 1j * places[:, 1], return_inverse=True)
    return Mesh(
        np.column_stack([keys.real, keys.imag]),
        corners,
        np.repeat(np.arange(len(lengths)), lengths),
        np.repeat(np.arange(len(polygons)), np.diff(shells)),
    )


def square(
    polygons: Polygons, wanted: Mask, pixel: tuple[float, float], placed: Polygons
) -> tuple[Polygons, Mask]:
    """The `wanted` (N,) of the polygons with right angles, and which of them have got them.

    `polygons` (N,) are a coverage in pixels, whose width and height are given in any unit; walls
    shorter than SHORT pixels may vanish. A polygon that is round, or whose IoU with itself would
    fall below 0.9, or whose area would change by more than 5 %, stays as it is; so do all that
    touch each other where two would overlap, or one of them would overlap a polygon that is
    `placed` already.
    """
    if not wanted.any():
        return polygons, wanted
    aspect = pixel[1] / pixel[0]
    if abs(aspect - 1) <= WORTH_SCALING:
        return _square(polygons, wanted, placed)
    scale = np.array([1.0, aspect])
    even, beside = (
        shapely.transform(each, lambda points: points * scale) for each in (polygons, placed)
    )
    found, done = _square(even, wanted, beside)
    return shapely.transform(found, lambda points: points / scale), done


def _square(polygons: Polygons, wanted: Mask, placed: Polygons) -> tuple[Polygons, Mask]:
    """The same where pixels are square."""
    mesh = mesh_of(polygons)
    directions = _main_directions(mesh, polygons)
    fixed = ~(wanted & _angular(mesh, directions, len(polygons)))
    groups = mesh.polygon_groups
    failed, unsure = np.zeros_like(fixed), np.ones_like(fixed)
    for _ in range(ROUNDS):
        held = _held(mesh, fixed)
        vertices = _straightened(mesh, directions, held)
        moved = _drawn(mesh, vertices, held, len(polygons))
        failed[unsure] = ~_faithful(moved[unsure], polygons[unsure])
        if not failed.any():
            break
        fixed = fixed | failed
        # the others are drawn as before
        unsure = np.isin(groups, groups[failed])
    failed, changed = np.isin(groups, groups[failed]), ~fixed
    beside = np.zeros(len(placed), bool)
    while True:
        result = np.where(failed, polygons, moved)
        over = _overlapping(np.append(result, placed), np.append(changed, beside))
        changed = np.isin(groups, groups[over[: len(groups)]]) & ~failed
        if not changed.any():
            return result, ~failed & ~fixed
        failed |= changed


def _held(mesh: Mesh, fixed: Mask) -> Mask:
    """Which vertices (V,) belong to polygons that are `fixed` (N,)."""
    held = np.zeros(len(mesh.vertices), bool)
    held[mesh.corners[fixed[mesh.owners[mesh.rings]]]] = True
    return held


def _straightened(mesh: Mesh, directions: Numbers, held: Mask) -> Numbers:
    """Where the vertices (V, 2) go; those that are `held` stay."""
    start, end = mesh.edges
    turn = np.exp(-1j * directions)[mesh.groups]
    turned = (mesh.vertices[:, 0] + 1j * mesh.vertices[:, 1]) * turn
    edge = turned[end] - turned[start]
    lengths = np.abs(edge)
    across, down = np.abs(edge.real), np.abs(edge.imag)
    free = ~(held[start] & held[end])
    slope = np.tan(LEANING)
    level, upright = down <= slope * across, across <= slope * down
    cut = _cut_corners(mesh, level, upright, lengths)
    level, upright, short = level & free, upright & free, (cut | (lengths < SHORT)) & free
    x = _aligned(turned.real, start, end, lengths, upright, short, held)
    y = _aligned(turned.imag, start, end, lengths, level, short, held)
    back = (x + 1j * y) / turn
    # exactly where they were, and not nearly
    return np.where(held[:, None], mesh.vertices, np.column_stack([back.real, back.imag]))


def _cut_corners(mesh: Mesh, level: Mask, upright: Mask, lengths: Numbers) -> Mask:
    """Slanting edges (C,) between a level and an upright wall that are both much longer."""
    count = np.arange(len(lengths))
    after = _following(count, mesh.rings)
    before = np.empty_like(after)
    before[after] = count
    turns = level[before] & upright[after] | upright[before] & level[after]
    long = CUT * np.minimum(lengths[before], lengths[after])
    return turns & ~level & ~upright & (lengths < long)


def _main_directions(mesh: Mesh, polygons: Polygons) -> Numbers:
    """The angle of the walls of each group, up to quarter turns; long walls count most.

    The stairs of the raster are left out of that (Douglas-Peucker).
    """
    rings, owner = shapely.get_rings(polygons, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    lines = shapely.linestrings(corners, indices=ring)
    # plain lines: keeping the topology of rings has been seen to run without an end
    walls = shapely.simplify(lines, STAIR, preserve_topology=False)
    points, line = shapely.get_coordinates(walls, return_index=True)
    within = line[1:] == line[:-1]
    angles, lengths = _polar(np.diff(points, axis=0)[within])
    groups = mesh.polygon_groups
    group, weights = groups[owner[line[1:][within]]], lengths**2
    count = int(groups.max()) + 1
    fourfold = weights * np.exp(4j * angles)
    real, imaginary = (np.bincount(group, w, count) for w in (fourfold.real, fourfold.imag))
    found = np.arctan2(imaginary, real) / 4
    # the mean of those that nearly agree; one slanting wall does not turn the house
    beside = _beside(angles, found[group])
    weights = np.where(np.abs(beside) < SURE, weights, 0.0)
    total = np.bincount(group, weights, count)
    turn = np.bincount(group, weights * beside, count) / np.where(total > 0, total, 1.0)
    turned: Numbers = found + turn
    return turned


def _angular(mesh: Mesh, directions: Numbers, count: int) -> Mask:
    """Which polygons (`count`,) have most of their walls in the direction of their group."""
    angles, lengths = _angles(mesh)
    owner = mesh.owners[mesh.rings]
    near = np.abs(_beside(angles, directions[mesh.groups[mesh.corners]])) < LEANING
    share = np.bincount(owner, lengths * near, count) / np.bincount(owner, lengths, count)
    return share >= LEAST_SHARE


def _angles(mesh: Mesh) -> tuple[Numbers, Numbers]:
    """The angle and the length (C,) of the edge that begins at each corner."""
    start, end = mesh.edges
    return _polar(mesh.vertices[end] - mesh.vertices[start])


def _polar(steps: Numbers) -> tuple[Numbers, Numbers]:
    """Angles and lengths (E,) of steps (E, 2)."""
    return np.arctan2(steps[:, 1], steps[:, 0]), np.hypot(steps[:, 0], steps[:, 1])


def _beside(angles: Numbers, directions: Numbers) -> Numbers:
    """By how much `angles` miss the nearest quarter turn from `directions`, -π/4 to π/4."""
    missed: Numbers = (angles - directions + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return missed


def _aligned(
    places: Numbers,
    start: Index,
    end: Index,
    lengths: Numbers,
    walls: Mask,
    short: Mask,
    held: Mask,
) -> Numbers:
    """One coordinate (V,) of the vertices, the same for all that `walls` or `short` edges join."""
    joining = walls | short
    line = _parts(len(places), start[joining], end[joining])
    # short edges have no say where there is a wall
    weights = np.where(walls, lengths, FAINT * lengths)[joining]
    middles = ((places[start] + places[end]) / 2)[joining]
    lines = int(line.max()) + 1
    total = np.bincount(line[start[joining]], weights, lines)
    sums = np.bincount(line[start[joining]], weights * middles, lines)
    mean = sums / np.where(total > 0, total, 1.0)
    low, high = np.full(lines, np.inf), np.full(lines, -np.inf)
    np.minimum.at(low, line[held], places[held])
    np.maximum.at(high, line[held], places[held])
    bound, torn = low <= high, low < high - STRAIGHT
    target = np.where(bound, low, mean)
    # where what is held does not agree, nothing moves
    still = torn | (total == 0) & ~bound
    return np.where(still[line] | held, places, target[line])


def _drawn(mesh: Mesh, vertices: Numbers, held: Mask, count: int) -> Polygons:
    """The polygons (`count`,) with vertices at other places, without the needless but for `held`.

    Empty where nothing is left of one.
    """
    keys, merged = np.unique(vertices[:, 0] + 1j * vertices[:, 1], return_inverse=True)
    corners = merged[mesh.corners]
    needed = _needed(keys, corners, mesh.rings)[corners] | held[mesh.corners]
    # several corners of a ring in one place are one
    new_ring = np.diff(mesh.rings, prepend=-1) != 0
    before = np.roll(corners, 1)
    before[new_ring] = corners[np.append(np.flatnonzero(new_ring)[1:], len(corners)) - 1]
    first = before != corners
    stays = needed & first
    counts = np.bincount(mesh.rings[stays], minlength=len(mesh.owners))
    enough = counts >= 3
    stays &= enough[mesh.rings]
    result = np.full(count, shapely.Polygon(), object)
    is_shell = np.diff(mesh.owners, prepend=-1) != 0
    kept = enough & np.isin(mesh.owners, mesh.owners[is_shell & enough])
    stays &= kept[mesh.rings]
    if not kept.any():
        return result
    places = keys[corners[stays]]
    numbers = np.cumsum(kept) - 1
    rings = shapely.linearrings(
        np.column_stack([places.real, places.imag]), indices=numbers[mesh.rings[stays]]
    )
    owners, numbers = np.unique(mesh.owners[kept], return_inverse=True)
    result[owners] = shapely.polygons(rings, indices=numbers)
    return result


def _needed(places: NDArray[np.complex128], corners: Index, rings: Index) -> Mask:
    """Which vertices (V,) are more than a point on a straight line between two others."""
    start, end = corners, _following(corners, rings)
    true = start != end
    pairs = np.unique(np.sort(np.column_stack([start[true], end[true]]), axis=1), axis=0)
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    count = np.bincount(one, minlength=len(places))
    begin = np.cumsum(count) - count
    two = np.flatnonzero(count == 2)
    before = places[two] - places[other[begin[two]]]
    after = places[other[begin[two] + 1]] - places[two]
    turn = (before.conjugate() * after).imag
    straight = np.abs(turn) <= STRAIGHT * np.abs(before) * np.abs(after)
    needed = np.ones(len(places), bool)
    needed[two[straight]] = False
    return needed


def _faithful(moved: Polygons, polygons: Polygons) -> Mask:
    """Which polygons (N,) are valid and much like what they were."""
    good = shapely.is_valid(moved) & ~shapely.is_empty(moved)
    before, after = shapely.area(polygons[good]), shapely.area(moved[good])
    common = shapely.area(shapely.intersection(moved[good], polygons[good]))
    alike = common >= LEAST_IOU * (before + after - common)
    good[good] = alike & (np.abs(after - before) <= MOST_CHANGE * before)
    return good


def _overlapping(polygons: Polygons, changed: Mask) -> Mask:
    """Which polygons (N,) lie over another one, or under it, if one of both has `changed` (N,)."""
    one, other = shapely.STRtree(polygons).query(polygons[changed])
    one = np.flatnonzero(changed)[one]
    once = (one < other) | ~changed[other]
    one, other = one[once], other[once]
    # the larger one first, which gets an index of its edges
    corners = shapely.get_num_coordinates(polygons)
    smaller = corners[one] < corners[other]
    one, other = np.where(smaller, other, one), np.where(smaller, one, other)
    shapely.prepare(polygons[one])
    over = shapely.relate_pattern(polygons[one], polygons[other], INSIDES_MEET)
    found = np.zeros(len(polygons), bool)
    found[one[over]] = found[other[over]] = True
    return found


def _following(corners: Index, rings: Index) -> Index:
    """The vertex (C,) that comes after each corner of a ring; the first after the last."""
    after = np.arange(1, len(corners) + 1)
    starts = np.flatnonzero(np.diff(rings, prepend=-1))
    after[np.append(starts[1:], len(corners)) - 1] = starts
    return corners[after]


def _parts(count: int, one: Index, other: Index) -> Index:
    """The connected part (count,) of each of `count` vertices, joined pair by pair."""
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
    parts: Index = connected_components(graph, directed=False)[1].astype(np.int64)
    return parts
