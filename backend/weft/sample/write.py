# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the demo town into a folder: images, labels, truth and a README."""

import os
import shutil
from pathlib import Path

import geopandas as gpd
import rasterio
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError

from weft.errors import OutputError
from weft.outputs import draft_folder, replace
from weft.polygons.formats import GEOPACKAGE_VERSION
from weft.sample.demo import UTM, Demo, Image
from weft.sample.truth import SceneObject

README = "README.txt"
FAILURES = (OSError, RasterioError, DataSourceError, DataLayerError)
# what QGIS leaves beside files; a journal of the old file would be replayed into the new one
LEFTOVERS = (".aux.xml", "-wal", "-shm", "-journal")
TITLE = "WEFT sample scene"
GUIDE = f"""{TITLE}

A small synthetic harbour town: two neighbouring images, five areas in which every building and
ship is labelled, and the whole truth to score against. Made by "weft sample"; free to use. Done
again, it replaces these files, so keep labels of your own under other names.

  town_a.tif, town_b.tif   RGB, 0.2 m, EPSG:32631; black is nodata in town_b
  train.gpkg               layers "areas" and "labels" (field "class": building, ship)
  truth.gpkg               layer "labels": every building and ship that can be seen

Run this in the folder of this file:

  weft run town_a.tif town_b.tif --labels "train.gpkg|layername=labels" \\
    --areas "train.gpkg|layername=areas" --out result.gpkg

and score the result outside the areas that were learnt from:

  weft evaluate result.gpkg --truth "truth.gpkg|layername=labels" \\
    --images town_a.tif town_b.tif --exclude "train.gpkg|layername=areas"
"""


def write_demo(demo: Demo, folder: Path) -> None:
    """Write all files beside `folder`, then move them there; other files in it stay.

    Raises OutputError when the folder cannot be written.
    """
    draft = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = draft_folder(folder.parent)
        for image in demo.images:
            _write_image(image, draft / f"{image.name}.tif")
        areas = gpd.GeoDataFrame({"name": _numbered(demo)}, geometry=demo.areas, crs=UTM)
        _write_layer(areas, draft / "train.gpkg", "areas")
        _write_labels(labels_in(demo), draft / "train.gpkg")
        _write_labels(demo.objects, draft / "truth.gpkg")
        (draft / README).write_text(GUIDE, encoding="utf-8")
        _move(draft, folder)
    except FAILURES as error:
        raise OutputError(
            f"The sample cannot be written to {folder} ({error}); choose a folder that is "
            "writable and has 20 MB of space left."
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def check_folder(folder: Path) -> None:
    """OutputError unless `folder` is absent, empty or holds a sample."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file; name a folder for the sample.")
    try:
        empty = not any(folder.iterdir())
        sample = _is_sample(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be read ({error.strerror}); choose another.") from error
    if not (empty or sample):
        raise OutputError(f"{folder} holds other files; name a new or empty folder for the sample.")


def labels_in(demo: Demo) -> list[SceneObject]:
    """The objects inside the areas, cut at the areas' edges, in the areas' order."""
    pairs = [(item, area) for area in demo.areas for item in demo.objects]
    cut = [
        SceneObject(item.class_name, item.polygon.intersection(area))
        for item, area in pairs
        if item.polygon.intersects(area)
    ]
    return [item for item in cut if item.polygon.area > 0]


def _is_sample(folder: Path) -> bool:
    guide = folder / README
    return guide.is_file() and guide.read_text("utf-8", errors="replace").startswith(TITLE)


def _numbered(demo: Demo) -> list[str]:
    return [f"area {k}" for k in range(1, len(demo.areas) + 1)]


def _write_labels(objects: list[SceneObject], path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"class": [item.class_name for item in objects]},
        geometry=[item.polygon for item in objects],
        crs=UTM,
    ).explode(index_parts=False, ignore_index=True)
    _write_layer(frame[frame.geom_type == "Polygon"], path, "labels")


def _write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    frame.to_file(path, layer=layer, driver="GPKG", VERSION=GEOPACKAGE_VERSION)


def _write_image(image: Image, path: Path) -> None:
    grid = image.grid
    assert grid.crs is not None
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=grid.width,
        height=grid.height,
        count=3,
        dtype="uint8",
        nodata=image.nodata,
        crs=CRS.from_wkt(grid.crs.to_wkt()),
        transform=grid.transform,
        tiled=True,
        blockxsize=256,
        blockysize=256,
        compress="deflate",
        predictor=2,
        zlevel=9,
        photometric="rgb",
    ) as dataset:
        dataset.write(image.pixels)
    with (
        rasterio.Env(PREDICTOR_OVERVIEW="2", ZLEVEL_OVERVIEW="9", GDAL_TIFF_OVR_BLOCKSIZE="256"),
        rasterio.open(path, "r+") as dataset,
    ):
        dataset.build_overviews([4, 8], Resampling.average)


def _move(draft: Path, folder: Path) -> None:
    """Rename the draft to `folder`, or its files into it; the README goes last."""
    if not folder.exists():
        replace(draft, folder)
        return
    # macOS puts files that begin with ._ beside others on some disks
    files = sorted(draft.glob("[!.]*"), key=lambda file: file.name == README)
    for file in files:
        replace(file, folder / file.name)
        for ending in LEFTOVERS:
            (folder / f"{file.name}{ending}").unlink(missing_ok=True)
