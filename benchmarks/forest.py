# SPDX-License-Identifier: GPL-3.0-or-later
"""A random forest on a filter bank, the recipe of ilastik: the rival that needs no network.

    python benchmarks/forest.py IMAGE… --labels SRC --areas SRC --out polygons.gpkg [--seed N]
        [--backbone NAME [--backbone-weights FILE]]

Reads rasters and labels and makes polygons as WEFT does, but sees each pixel once, in its image's
own tone. The probability rasters go to a folder beside the polygons. Prints one JSON line: seconds
of training and pixels trained on. With a backbone, its frozen maps are features too: the recipe of
convpaint. Without one, torch is not loaded: its memory would count as the forest's.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from features import Features, filter_features
from filters import Pixels
from numpy.typing import NDArray
from rasterio.enums import Resampling
from scenes import add_task_options
from sklearn.ensemble import RandomForestClassifier

from weft.grid import Grid, Window
from weft.jobs.vectorise import VectoriseRequest, vectorise
from weft.labels.burn import UNKNOWN, burn_mask
from weft.labels.read import Labels, read_areas, read_labels
from weft.labels.source import LabelSource
from weft.polygons.clean import SPECK, small_object
from weft.progress import Context
from weft.raster.inspect import RasterInfo, default_bands, inspect
from weft.raster.read import Patch, RasterReader
from weft.raster.stretch import Stretch, fit_stretch
from weft.raster.write import RasterWriter
from weft.training.regions import Region, plan_regions

TREES = 100
SURE = 0.6  # least confidence: votes are nearer to one half than what networks say
MOST_PIXELS = 100_000
FULL, NODATA = 254, 255  # how WEFT's probability rasters say 1 and unknown

Rows = NDArray[np.float32]  # (pixels, features)
Values = NDArray[np.uint8]  # (pixels,)


@dataclass(frozen=True)
class Rasters:
    """Images of one kind and how to read them."""

    infos: tuple[RasterInfo, ...]
    bands: tuple[int, ...]
    stretch: Stretch


def main() -> None:
    """Train, predict, vectorise."""
    options = parse()
    infos = tuple(inspect(path) for path in options.images)
    bands = default_bands(infos[0])
    rasters = Rasters(infos, bands, fit_stretch(infos, bands))
    labels = read_labels(options.labels)
    features = choose_features(options.backbone, options.backbone_weights)
    start = time.monotonic()
    pixels, values = training_pixels(rasters, labels, options.areas, features, options.seed)
    # as ilastik's: grown to pure leaves, classes as frequent as they are
    forest = RandomForestClassifier(TREES, n_jobs=-1, random_state=options.seed)
    forest.fit(pixels, values)
    seconds = time.monotonic() - start
    folder = options.out.with_name(f"{options.out.stem}_forest")
    folder.mkdir(exist_ok=True)
    predicted = tuple(
        predict(forest, features, rasters, info, labels, folder) for info in rasters.infos
    )
    drawn = VectoriseRequest(predicted, options.out, min_confidence=SURE, simplify_m=None)
    vectorise(drawn, Context(folder))
    print(json.dumps({"train_s": round(seconds, 2), "pixels": len(values)}))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_task_options(parser)
    parser.add_argument("--backbone")
    parser.add_argument("--backbone-weights", type=Path)
    return parser.parse_args()


def choose_features(backbone: str | None, weights: Path | None) -> Features:
    """The filter bank, and the maps of a backbone if one is named."""
    if backbone is None:
        return filter_features()
    from deep_features import deep_features

    return deep_features(backbone, weights)


def training_pixels(
    rasters: Rasters, labels: Labels, source: LabelSource, features: Features, seed: int
) -> tuple[Rows, Values]:
    """Features and classes of labelled pixels, at most MOST_PIXELS, drawn from all areas alike."""
    grids = [info.grid for info in rasters.infos]
    areas = read_areas(source)
    regions = plan_regions(grids, labels, areas, [1.0] * len(grids))
    masks = masks_of(regions, grids, labels, areas)
    known = sum(int((mask != UNKNOWN).sum()) for mask in masks)
    random = np.random.default_rng(seed)
    parts = [
        region_pixels(features, rasters, region, mask, min(1.0, MOST_PIXELS / known), random)
        for region, mask in zip(regions, masks, strict=True)
    ]
    rows, values = zip(*parts, strict=True)
    return np.concatenate(rows), np.concatenate(values)


def masks_of(
    regions: Sequence[Region], grids: Sequence[Grid], labels: Labels, areas: gpd.GeoSeries
) -> list[Values]:
    """What is known of each region's pixels; where regions overlap, only the first knows it."""
    masks, known = [], [np.zeros((grid.height, grid.width), bool) for grid in grids]
    for region in regions:
        grid, window = grids[region.image], region.window
        transform = grid.window_transform(window)
        mask = burn_mask(labels, areas, grid.crs, transform, region.shape, labels.classes)
        rows = slice(window.row, window.row + window.height)
        before = known[region.image][rows, window.column : window.column + window.width]
        mask[before] = UNKNOWN
        before |= mask != UNKNOWN
        masks.append(mask)
    return masks


def region_pixels(
    features: Features,
    rasters: Rasters,
    region: Region,
    mask: Values,
    share: float,
    random: np.random.Generator,
) -> tuple[Rows, Values]:
    """Features and classes of a random `share` of the known pixels of one region."""
    patch = read(rasters, rasters.infos[region.image], region.window)
    chosen = (mask != UNKNOWN) & patch.valid & (random.random(mask.shape) < share)
    return features.of(patch.pixels)[:, chosen].T, mask[chosen]


def predict(
    forest: RandomForestClassifier,
    features: Features,
    rasters: Rasters,
    info: RasterInfo,
    labels: Labels,
    folder: Path,
) -> Path:
    """Write the probability raster of one image, tagged as `weft predict` does."""
    path, classes = folder / f"{info.path.stem}_prob.tif", labels.classes
    tags = {
        "WEFT_CLASSES": json.dumps([{"name": name, "colour": "#888888"} for name in classes]),
        "WEFT_MODEL": "forest",
        "WEFT_SOURCE": info.path.name,
        "WEFT_KIND": "probability",
        "WEFT_MIN_AREA_M2": f"{(small_object(labels) or 0) * SPECK:.3f}",
    }
    with RasterWriter(
        path,
        info.grid,
        len(classes),
        nodata=NODATA,
        tags=tags,
        descriptions=tuple(classes),
        resampling=Resampling.average,
    ) as writer:
        for window in windows(info, features.window):
            levels = predict_window(forest, features, rasters, info, window, len(classes))
            writer.write(levels, window)
    return path


def windows(info: RasterInfo, side: int) -> Iterator[Window]:
    """Pieces of `side` pixels that cover the image."""
    width, height = info.grid.width, info.grid.height
    for row in range(0, height, side):
        for column in range(0, width, side):
            yield Window(column, row, min(side, width - column), min(side, height - row))


def predict_window(
    forest: RandomForestClassifier,
    features: Features,
    rasters: Rasters,
    info: RasterInfo,
    window: Window,
    classes: int,
) -> NDArray[np.uint8]:
    """Levels (classes, h, w) of one window: round(254 p), 255 where nothing is valid."""
    margin = features.margin
    around = Window(
        window.column - margin,
        window.row - margin,
        window.width + 2 * margin,
        window.height + 2 * margin,
    )
    inner = slice(margin, -margin), slice(margin, -margin)
    patch = read(rasters, info, around)
    valid = patch.valid[inner]
    levels = np.full((classes, window.height, window.width), NODATA, np.uint8)
    if valid.any():
        levels[:, valid] = 0
        rows: Pixels = features.of(patch.pixels)[:, *inner][:, valid].T
        for value, column in zip(forest.classes_, forest.predict_proba(rows).T, strict=True):
            if value > 0:
                levels[value - 1, valid] = np.rint(column * FULL)
    return levels


def read(rasters: Rasters, info: RasterInfo, window: Window) -> Patch:
    """A window of an image at full resolution, stretched to 0..1."""
    with RasterReader(info.path, rasters.bands, rasters.stretch) as reader:
        return reader.read(window, (window.height, window.width))


if __name__ == "__main__":
    main()
