# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows that are labelled by the truth after a first round, as an analyst would by hand."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scenes import Scene

from weft.grid import to_pixels
from weft.labels.place import outline
from weft.raster.inspect import inspect
from weft.suggestions.places import unlabelled_places

COUNT = 3  # after a first round


def random_windows(scene: Scene, seed: int) -> gpd.GeoSeries:
    """COUNT of the windows that `weft suggest` chooses from, at random."""
    areas = read_source(scene.areas(seed))
    boxes = []
    for number, path in enumerate(scene.images):
        grid = inspect(Path(path)).grid
        known = to_pixels(areas.to_crs(grid.crs).geometry.to_numpy(), grid.transform)
        for place in unlabelled_places(number, grid, 1.0, shapely.union_all(known)):
            size = (place.window.height, place.window.width)
            boxes.append(outline(grid.window_transform(place.window), size))
    chosen = np.random.default_rng(seed).choice(len(boxes), min(COUNT, len(boxes)), replace=False)
    return gpd.GeoSeries([boxes[i] for i in chosen], crs=grid.crs)


def label(scene: Scene, seed: int, windows: gpd.GeoSeries, path: Path) -> Path:
    """The seed's areas and labels, and the windows with what the truth has in them."""
    areas, labels = read_source(scene.areas(seed)), read_source(scene.labels(seed))
    truth = read_source(scene.truth).to_crs(labels.crs)
    drawn = windows.to_crs(labels.crs)
    inside = truth[truth.intersects(drawn.union_all())]
    pd.concat([areas.geometry, drawn]).to_file(path, layer="areas")
    pd.concat([labels[["class", "geometry"]], inside[["class", "geometry"]]]).to_file(
        path, layer="labels"
    )
    return path


def read_source(source: str) -> gpd.GeoDataFrame:
    """The layer of a source as `weft` takes it."""
    path, layer = source.split("|layername=")
    return gpd.read_file(path, layer=layer)
