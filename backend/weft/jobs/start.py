# SPDX-License-Identifier: GPL-3.0-or-later
"""Going on from an earlier model: what it knows, and which ground its figures can not be from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
import torch
from pyproj import CRS
from torch import Tensor

from weft.bundle import ModelCard, TrainingFigures, read_bundle
from weft.grid import Grid
from weft.labels.place import outline, to_plane
from weft.model import split_states
from weft.progress import Context
from weft.raster.stretch import Stretch
from weft.training.fit import Start
from weft.training.regions import Region

TOUCHED = 0.01  # the share of an area that may have been seen, for neighbours drawn edge to edge
LAST_LAYERS = re.compile(r"heads\.\d+\.(classify|levels\.\d+)\.(weight|bias)")


@dataclass(frozen=True)
class Ground:
    """Labelled ground as WKT in a CRS: what a state has `seen`, and what was `held_out` from it.

    All are None where nothing is known; a state with an empty polygon has seen nothing.
    """

    seen: str | None = None
    held_out: str | None = None
    crs: str | None = None

    def seen_in(self, crs: CRS | None) -> list[shapely.Geometry]:
        """What the state has seen, in the plane of `crs`."""
        return self._placed([self.seen], crs)

    def labelled_in(self, crs: CRS | None) -> list[shapely.Geometry]:
        """All that is labelled, in the plane of `crs`."""
        return self._placed([self.seen, self.held_out], crs)

    def _placed(self, polygons: list[str | None], crs: CRS | None) -> list[shapely.Geometry]:
        known = shapely.from_wkt([wkt for wkt in polygons if wkt is not None])
        own = self.crs and CRS.from_wkt(self.crs)
        return list(to_plane(gpd.GeoSeries(known, crs=own), crs).values)


@dataclass(frozen=True)
class Earlier:
    """An earlier model: its card and the state to go on from."""

    card: ModelCard
    state: dict[str, Tensor]

    @property
    def stretch(self) -> Stretch:
        """The stretch that it was trained with."""
        return Stretch(self.card.low, self.card.high)

    @property
    def ground(self) -> Ground:
        """The ground that was labelled then."""
        return ground_known(self.card.training)


def read_earlier(
    path: Path,
    backbone_digest: str,
    adapter: str | None,
    bands: tuple[int, ...] | None,
    context: Context,
) -> Earlier | None:
    """The earlier model, or None with a note when it is of another kind than what is wished."""
    card, tensors = read_bundle(path)
    others = {
        "backbone": card.backbone_digest != backbone_digest,
        "adapter": adapter is not None and card.adapter != adapter,
        "bands": bands is not None and card.bands != bands,
    }
    for what, differs in others.items():
        if differs:
            context.note(f"Starting afresh, because {path.name} was made with other {what}.")
            return None
    return Earlier(card, split_states(tensors)[1])


def start_from(earlier: Earlier, classes: Sequence[str], ground: gpd.GeoSeries) -> Start:
    """The start of a training on areas at `ground`, by their numbers."""
    names = [each.name for each in earlier.card.classes]
    state = with_classes(earlier.state, names, classes)
    return Start(state, seen_areas(earlier.ground, ground))


def with_classes(
    state: dict[str, Tensor], before: Sequence[str], now: Sequence[str]
) -> dict[str, Tensor]:
    """`state` with the rows of the heads' last layers in the order of `now`; new ones are zero.

    Background, each class and interiors have the same number of rows, one after the other.
    """
    if list(before) == list(now):
        return state
    known = [1 + before.index(name) if name in before else -1 for name in now]
    rows = [0, *known, 1 + len(before)]
    changed = dict(state)
    for name, value in state.items():
        if LAST_LAYERS.fullmatch(name):
            taken = value.unflatten(0, (1 + len(before) + 1, -1))[torch.tensor(rows).clamp_min(0)]
            taken[torch.tensor(rows) < 0] = 0
            changed[name] = taken.flatten(0, 1)
    return changed


def ground_of(
    regions: Sequence[Region], grids: Sequence[Grid], areas: gpd.GeoSeries | None
) -> gpd.GeoSeries:
    """The polygon of each area by its number; of labels beside areas, the windows around them.

    Areas that lie on no image have no region, and teach nothing.
    """
    crs = grids[0].crs if areas is None else areas.crs
    taught = {region.area for region in regions}
    every = [] if areas is None else enumerate(areas.values)
    drawn = {number: polygon for number, polygon in every if number in taught}
    pieces: dict[int, list[shapely.Geometry]] = {}
    for region in regions:
        if region.area in drawn:
            continue
        grid, window = grids[region.image], region.window
        box = outline(grid.window_transform(window), (window.height, window.width))
        placed = to_plane(gpd.GeoSeries([box], crs=grid.crs), crs).iloc[0]
        pieces.setdefault(region.area, []).append(placed)
    united = {number: shapely.union_all(boxes) for number, boxes in pieces.items()}
    return gpd.GeoSeries(drawn | united, crs=crs)


def ground_known(training: TrainingFigures) -> Ground:
    """The ground that a model's card tells of."""
    return Ground(training.seen, training.held_out_ground, training.seen_crs)


def seen_areas(before: Ground, ground: gpd.GeoSeries) -> frozenset[int]:
    """The areas of `ground` that have been learned from; all, where that is not known."""
    if before.seen is None or (before.crs is None) != (ground.crs is None):
        return frozenset(ground.index.tolist())
    polygons = np.asarray(ground.values)
    shared = shapely.area(shapely.intersection(polygons, before.seen_in(ground.crs)[0]))
    return frozenset(ground.index[shared > TOUCHED * shapely.area(polygons)].tolist())


def ground_taught(ground: gpd.GeoSeries, held_out: int | None, before: Ground | None) -> Ground:
    """A state's ground: it has seen all areas but the one held out, and what was seen `before`."""
    taught = ground.drop(index=held_out) if held_out is not None else ground
    seen, labelled = list(taught.values), list(ground.values)
    if before is not None:
        if before.seen is None:
            return Ground()
        seen += before.seen_in(ground.crs)
        labelled += before.labelled_in(ground.crs)
    whole = united(seen)
    return Ground(
        shapely.to_wkt(whole, rounding_precision=-1),
        shapely.to_wkt(shapely.difference(united(labelled), whole), rounding_precision=-1),
        ground.crs and ground.crs.to_wkt(),
    )


def united(polygons: list[shapely.Geometry]) -> shapely.Geometry:
    """Their union, also of invalid ones."""
    return shapely.union_all(shapely.make_valid(np.array(polygons, dtype=object)))
