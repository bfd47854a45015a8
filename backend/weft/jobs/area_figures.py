# SPDX-License-Identifier: GPL-3.0-or-later
"""Which areas models find hard that have not seen them: hard ground, or a label that lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import shapely
from pyproj import CRS

from weft.jobs.material import Material
from weft.labels.place import outline, to_plane
from weft.polygons.score import Tally
from weft.training.regions import Region


@dataclass(frozen=True)
class AreaFigures:
    """One measured area, all classes together.

    `wkt` is its outline. `iou` is that of pixels, None where nothing is labelled and nothing was
    found. Objects match at IoU of at least 0.5.
    """

    wkt: str
    iou: float | None
    hits: int
    objects_true: int
    objects_found: int


def area_figures(
    material: Material, regions: Sequence[Region], measured: Mapping[int, Sequence[Tally]]
) -> tuple[AreaFigures, ...]:
    """Each measured area, lowest IoU first, outlined in the CRS of the first image."""
    crs = material.infos[0].grid.crs
    found = [
        AreaFigures(
            outline_of(area, material, regions, crs).wkt,
            whole.both / whole.either if whole.either else None,
            *(whole.hits, whole.objects_true, whole.objects_found),
        )
        for area, tallies in measured.items()
        for whole in (sum(tallies, Tally()),)
    ]
    return tuple(sorted(found, key=lambda each: 1.0 if each.iou is None else each.iou))


def outline_of(
    area: int, material: Material, regions: Sequence[Region], crs: CRS | None
) -> shapely.Geometry:
    """The area as it was drawn; without areas, the box around the labels that stand for one."""
    drawn = material.sources.areas
    if drawn is not None:
        return to_plane(drawn.iloc[[area]], crs).iloc[0]
    boxes = []
    for region in regions:
        if region.area == area:
            grid, window = material.infos[region.image].grid, region.window
            box = outline(grid.window_transform(window), (window.height, window.width))
            boxes += to_plane(gpd.GeoSeries([box], crs=grid.crs), crs).tolist()
    return shapely.union_all(boxes)
