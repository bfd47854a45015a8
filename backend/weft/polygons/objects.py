# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects from the strips of a prediction, each told apart from those that it touches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from weft.polygons.joining import corners, find_objects
from weft.polygons.pending import settle, together
from weft.polygons.pieces import Pieces, cut
from weft.polygons.prediction import FULL
from weft.polygons.strips import Classes, Strip
from weft.polygons.trace import Polygons, straight


@dataclass(frozen=True)
class Objects:
    """Outlines (n,) in the pixel coordinates of the raster, their classes (n,), and the mean
    probability 0..1 (n,) of their pixels, NaN where it is unknown.

    No object that comes later reaches into the rows before `pending_from`.
    """

    outlines: Polygons
    kinds: Classes
    confidence: NDArray[np.float64]
    pending_from: float

    def chosen(self, keep: NDArray[np.bool_]) -> "Objects":
        """Those to `keep` (n,)."""
        arrays = self.outlines[keep], self.kinds[keep], self.confidence[keep]
        return Objects(*arrays, self.pending_from)


def objects_in(strips: Iterable[Strip], least: NDArray[np.float64]) -> Iterator[Objects]:
    """The objects of all strips, as soon as they and all that touches them are complete.

    What comes out smaller than `least` (256,) pixels of its class goes to its neighbours. Neither
    objects nor their outlines depend on how high the strips are.
    """
    waiting: list[Pieces] = []
    above, taken = None, 0
    for strip in strips:
        pieces, above = cut(strip, above, taken)
        taken = pieces.table.index.to_numpy().max(initial=taken)
        done, pending = settle(together([*waiting, pieces]), above)
        waiting = [pending]
        if len(done.table):
            starts = shapely.bounds(pending.outlines.to_numpy())[:, 1]
            yield assemble(done, least, float(starts.min(initial=np.inf)))
    for pieces in waiting:
        if len(pieces.table):
            yield assemble(pieces, least, np.inf)


def assemble(pieces: Pieces, least: NDArray[np.float64], pending_from: float) -> Objects:
    """The objects of `pieces` that touch nothing else; what is pending begins in that row."""
    group = find_objects(pieces, least)
    # in the order of their corners, on which the shapes of neighbours depend, and not of the cuts
    group = group.map(corners(pieces).groupby(group).min())
    objects = pieces.table.groupby(group)
    certainty = objects["certainty"].sum(min_count=1) / (objects["pixels"].sum() * FULL)
    return Objects(
        unite(pieces.outlines.to_numpy(), pieces.outlines.index.map(group).to_numpy()),
        objects["kind"].first().to_numpy(),
        certainty.to_numpy(),
        pending_from,
    )


def unite(outlines: Polygons, owner: NDArray[np.int64]) -> Polygons:
    """One polygon for each number of `owner` (n,), in rising order, however it was cut."""
    order = np.argsort(owner, kind="stable")
    _, starts, counts = np.unique(owner[order], return_index=True, return_counts=True)
    united = outlines[order[starts]]
    several = np.flatnonzero(counts > 1)
    for place in several:
        start, stop = starts[place], starts[place] + counts[place]
        united[place] = shapely.union_all(outlines[order[start:stop]])
    united[several] = straight(united[several])
    return np.asarray(shapely.normalize(united))
