# SPDX-License-Identifier: GPL-3.0-or-later
"""Where there is something to learn from: windows around areas, or around labels without areas."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from weft.grid import Grid, Window, to_pixels
from weft.labels.place import outline, place_areas, place_labels, to_plane
from weft.labels.read import Labels

Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom."""

MARGIN = 64  # model pixels around clusters
CONTEXT = 128  # model pixels around areas: crops shift, and true ground teaches more than mirrored
LARGEST_SIDE = 1024
NO_AREA = -1


@dataclass(frozen=True)
class Region:
    """A window of image number `image`, read into `shape` (h, w) pixels of the model's GSD.

    `area` numbers the labelled area that it belongs to, by its place in the areas, or the cluster
    of labels; all pieces share a number, also those in different images of the same ground; NO_AREA
    is ground without labels. Clusters of single labels beside the areas are not `measurable`:
    nothing in them is known to be background.
    """

    image: int
    window: Window
    shape: tuple[int, int]
    area: int
    measurable: bool = True


def plan_regions(
    grids: Sequence[Grid], labels: Labels, areas: gpd.GeoSeries | None, scales: Sequence[float]
) -> list[Region]:
    """Regions for all images; `scales[i]` is image i's GSD over the model's.

    Windows reach CONTEXT model pixels beyond areas. Labels that touch no area, or all labels where
    there are no areas, form clusters where margins of MARGIN model pixels touch, and windows reach
    as far, so that no cluster of an image sees another; they are numbered after the areas.
    """
    regions: list[Region] = []
    first = 0 if areas is None else len(areas)
    for index, (grid, scale) in enumerate(zip(grids, scales, strict=True)):
        boxes = {} if areas is None else area_boxes(grid, areas, CONTEXT / scale)
        for area, box in boxes.items():
            regions += [Region(index, *piece, area) for piece in split_box(box, grid, scale)]
        for box in cluster_boxes(grid, labels, areas, MARGIN / scale):
            pieces = split_box(box, grid, scale)
            regions += [Region(index, *piece, first, areas is None) for piece in pieces]
            first += 1
    return share_numbers(regions, grids, 0 if areas is None else len(areas))


def share_numbers(regions: Sequence[Region], grids: Sequence[Grid], first: int) -> list[Region]:
    """Regions whose clusters, numbered from `first`, share a number where their images overlap.

    Else one of them could be held out while the same ground is taught by the other.
    """
    clusters = [region for region in regions if region.area >= first]
    boxes = [box for image in range(len(grids)) for box in window_boxes(clusters, grids, image)]
    ground = np.array(boxes, object)
    images = np.array([region.image for region in clusters], int)
    numbers = np.array([region.area for region in clusters], int)
    one, other = shapely.STRtree(ground).query(ground, predicate="intersects")
    apart = images[one] != images[other]
    links = (numbers[one][apart], numbers[other][apart])
    size = numbers.max(initial=first) + 1
    graph = coo_array((np.ones(len(links[0])), links), (size, size))
    group = connected_components(graph, directed=False)[1]
    lowest = np.unique(group, return_index=True)[1]
    return [replace(each, area=int(lowest[group[each.area]])) for each in regions]


def window_boxes(
    regions: Sequence[Region], grids: Sequence[Grid], image: int
) -> list[shapely.Geometry]:
    """The ground of an image's windows, in the CRS of the first image."""
    grid = grids[image]
    windows = [region.window for region in regions if region.image == image]
    boxes = [outline(grid.window_transform(each), (each.height, each.width)) for each in windows]
    return list(to_plane(gpd.GeoSeries(boxes, crs=grid.crs), grids[0].crs).values)


def area_boxes(grid: Grid, areas: gpd.GeoSeries, margin: float) -> dict[int, Bounds]:
    """Bounds in pixels, `margin` wider than the areas, by the areas' places."""
    placed = place_areas(areas.reset_index(drop=True), grid)
    geometries = to_pixels(np.asarray(placed.geometry.values), grid.transform)
    bounds = shapely.bounds(shapely.buffer(shapely.envelope(geometries), margin))
    return {i: tuple(b) for i, b in zip(placed.index.tolist(), bounds.tolist(), strict=True)}


def cluster_boxes(
    grid: Grid, labels: Labels, areas: gpd.GeoSeries | None, margin: float
) -> list[Bounds]:
    """Bounds in pixels of the clusters of labels that touch no area, `margin` wider than those."""
    placed = place_labels(labels, grid).frame
    if areas is not None and len(placed):
        plane = place_areas(areas, grid)
        placed = placed[~placed.intersects(plane.union_all())]
    if placed.empty:
        return []
    geometries = to_pixels(np.asarray(placed.geometry.values), grid.transform)
    return merge_boxes(shapely.bounds(shapely.buffer(geometries, margin)))


def merge_boxes(bounds: NDArray[np.float64]) -> list[Bounds]:
    """Bounds (N, 4) that overlap become one, until none do."""
    while True:
        parts = shapely.get_parts(shapely.union_all(shapely.box(*bounds.T)))
        merged = shapely.bounds(parts)
        if len(merged) == len(bounds):
            return [tuple(each) for each in merged.tolist()]
        bounds = merged


def split_box(box: Bounds, grid: Grid, scale: float) -> list[tuple[Window, tuple[int, int]]]:
    """Windows of at most LARGEST_SIDE model pixels a side that cover the box on the image."""
    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(grid.width, math.ceil(box[2])), min(grid.height, math.ceil(box[3]))
    if right <= left or bottom <= top:
        return []
    side = max(1, int(LARGEST_SIDE / scale))
    pieces = []
    for row, height in cuts(top, bottom, side):
        for column, width in cuts(left, right, side):
            shape = (max(1, round(height * scale)), max(1, round(width * scale)))
            pieces.append((Window(column, row, width, height), shape))
    return pieces


def cuts(start: int, stop: int, most: int) -> list[tuple[int, int]]:
    """(offset, length) of the fewest equal parts of at most `most`."""
    parts = -(-(stop - start) // most)
    edges = [start + (stop - start) * i // parts for i in range(parts + 1)]
    return [(a, b - a) for a, b in pairwise(edges)]
