# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether labels, areas and images together are something to learn from."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from weft.errors import LabelError
from weft.grid import Grid
from weft.labels.place import footprint, to_plane, touching
from weft.labels.read import BACKGROUND, Labels
from weft.labels.source import LabelSource


def check_trainable(
    labels: Labels,
    areas: gpd.GeoSeries | None,
    grids: Sequence[Grid],
    source: LabelSource,
) -> tuple[str, ...]:
    """Raise `LabelError` unless there is a class and a background on the images; return notes.

    Each note is a sentence about what was left out or changed on the way.
    """
    inside = lying_inside(labels.frame, grids)
    if not inside.any():
        raise LabelError(
            f"No label of {source} lies on the images; check the CRS of both, or give the images "
            "that were labelled."
        )
    found = set(labels.frame["class"][inside])
    if found == {BACKGROUND}:
        raise LabelError(
            f"{source} labels nothing but background on the images; label some objects too."
        )
    if areas is None and len(found) == 1:
        raise LabelError(
            f"{source} has labels of one class only ('{found.pop()}') and nothing says what is "
            "not that class; give areas that are labelled completely, or labels of a class named "
            "'background'."
        )
    if areas is not None and not lying_inside(areas, grids).any():
        raise LabelError(
            "No area lies on the images; check the CRS of both, or give the images that were "
            "labelled."
        )
    return notes(labels, int((~inside).sum()))


def lying_inside(
    frame: gpd.GeoDataFrame | gpd.GeoSeries, grids: Sequence[Grid]
) -> NDArray[np.bool_]:
    """Which geometries touch at least one of the images."""
    inside = np.zeros(len(frame), bool)
    for grid in grids:
        inside[touching(to_plane(frame, grid.crs), footprint(grid))] = True
    return inside


def notes(labels: Labels, outside: int) -> tuple[str, ...]:
    """What happened to the labels on the way, a sentence each."""
    remarks = (
        (labels.skipped, "had no usable geometry or no class and were skipped"),
        (labels.mended, "had invalid outlines, which were mended"),
        (labels.thin, "are lines or points and are widened by a pixel"),
        (outside, "lie outside the images and are not used"),
    )
    return tuple(f"Labels that {remark}: {count}." for count, remark in remarks if count)
