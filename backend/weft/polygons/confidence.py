# SPDX-License-Identifier: GPL-3.0-or-later
"""How sure the model was of each polygon."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from weft.polygons.prediction import FULL, read_strips
from weft.polygons.trace import Polygons

Means = NDArray[np.float64]


def mean_probability(
    polygons: Polygons,
    values: NDArray[np.uint8],
    probability: Path,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Means:
    """Mean probability, 0..1, of each traced polygon's own class over its pixels.

    `polygons` are rectilinear in pixel coordinates, `values` their classes from 1, which are the
    bands of the raster `probability`.
    """
    means = np.zeros(len(polygons))
    for value in np.unique(values):
        chosen = values == value
        sums = _sums(polygons[chosen], probability, int(value), check_cancelled)
        means[chosen] = sums / (shapely.area(polygons[chosen]) * FULL)
    return means


def _sums(
    polygons: Polygons, probability: Path, band: int, check_cancelled: Callable[[], None]
) -> Means:
    """Sum of the band's pixels inside each polygon.

    Green's theorem for pixels: over the vertical edges of an anticlockwise outline, the signed sums
    of all pixels left of the edge add up to the pixels inside. A summed-area table gives each of
    them by two look-ups, so the time does not depend on how many polygons there are.
    """
    column, top, bottom, owner = _vertical_edges(polygons)
    sums = np.zeros(len(polygons))
    for rows, pixels in read_strips(probability, [band]):
        check_cancelled()
        height, width = pixels.shape[1:]
        table = np.zeros((height + 1, width + 1), np.int64)
        np.cumsum(pixels[0], axis=0, dtype=np.int64, out=table[1:, 1:])
        np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
        start = np.clip(top - rows.start, 0, height)
        end = np.clip(bottom - rows.start, 0, height)
        here = np.flatnonzero(start != end)
        inside = table[end[here], column[here]] - table[start[here], column[here]]
        sums += np.bincount(owner[here], inside, len(polygons))
    return sums


def _vertical_edges(polygons: Polygons) -> tuple[NDArray[np.int64], ...]:
    """Column, first row, last row and polygon of every vertical edge, in drawing direction."""
    rings, owner = shapely.get_rings(shapely.orient_polygons(polygons), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    corners = np.rint(points).astype(np.int64)
    vertical = np.flatnonzero((ring[:-1] == ring[1:]) & (corners[:-1, 0] == corners[1:, 0]))
    return (
        corners[vertical, 0],
        corners[vertical, 1],
        corners[vertical + 1, 1],
        owner[ring[vertical]],
    )
