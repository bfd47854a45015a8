# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of large rasters follows from the records, and stopped runs are really compared."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from scale import write_sparse
from scale_records import PIXEL_ROWS, ScaleRecord, ScaleSettings
from scale_report import report
from stopped import compare, finished_rows

SETTINGS = ScaleSettings("0" * 12, "a machine", "cpu")


def record(part: str, what: str, **figures: object) -> ScaleRecord:
    return ScaleRecord(SETTINGS, part, what, date="2025-01-01", **figures)


def test_the_share_of_the_engine_is_that_of_the_medians_on_one_image() -> None:
    seconds = {"engine alone": (80, 90, 200), "predict": (100, 150, 90)}
    records = [
        record("speed", what, side=1000, round=turn, seconds=each, peak_mib=1)
        for what, rounds in seconds.items()
        for turn, each in enumerate(rounds)
    ]
    small = [record("speed", what, side=10, seconds=1, peak_mib=1) for what in seconds]
    text = report([*small, *records])
    assert "**Predict runs at 90 % of the engine's speed.**" in text
    assert "3 rounds" in text


def test_what_failed_is_in_no_table() -> None:
    assert report([record("angles", "right angles", error="no")]).startswith("Nothing")


def test_of_a_sparse_image_only_the_first_rows_are_valid(tmp_path: Path) -> None:
    source, out = tmp_path / "small.tif", tmp_path / "sparse.tif"
    pixels = np.random.default_rng(0).integers(0, 255, (3, 64, 64), np.uint8)
    grid = {"width": 64, "height": 64, "count": 3, "dtype": "uint8", "crs": "EPSG:32633"}
    with rasterio.open(source, "w", **grid, transform=from_origin(0, 0, 1, 1)) as dataset:
        dataset.write(pixels)
    write_sparse(source, out, 2 * PIXEL_ROWS)
    with rasterio.open(out) as dataset:
        valid = dataset.dataset_mask() > 0
    assert valid[:PIXEL_ROWS].all()
    assert not valid[PIXEL_ROWS:].any()
    assert out.stat().st_size < pixels.size * PIXEL_ROWS


def test_rows_count_as_far_as_they_are_finished(tmp_path: Path) -> None:
    out = tmp_path / "town.gpkg"
    assert finished_rows(out) == 0
    folder = tmp_path / "town_weft" / ".mirrored_weft"
    folder.mkdir(parents=True)
    for name in ("000000000-000000448", "000000448-000000896"):
        (folder / f"{name}.npy.gz").touch()
    (folder / "abc.partial").touch()
    assert finished_rows(out) == 896


def test_runs_are_the_same_only_if_all_is(tmp_path: Path) -> None:
    outs = [tmp_path / name / "town.gpkg" for name in ("one", "other")]
    for out in outs:
        write_run(out, 1, shapely.box(0, 0, 2, 2))
    assert compare(*outs).same_rasters
    assert compare(*outs).same_polygons
    write_run(outs[1], 2, shapely.box(0, 0, 2, 2.5))
    assert not compare(*outs).same_rasters
    assert not compare(*outs).same_polygons


def write_run(out: Path, pixel: int, polygon: shapely.Polygon) -> None:
    """A run's files; every run's model has a name of its own."""
    folder = out.with_name("town_weft")
    folder.mkdir(parents=True, exist_ok=True)
    pixels = np.full((1, 40, 30), pixel, np.uint8)
    profile = {"driver": "GTiff", "count": 1, "height": 40, "width": 30, "dtype": "uint8"}
    with rasterio.open(folder / "town_class.tif", "w", **profile) as raster:
        raster.write(pixels)
        raster.update_tags(WEFT_MODEL=out.parent.name)
    fields = {"class": ["a"], "model": [out.parent.name]}
    gpd.GeoDataFrame(fields, geometry=[polygon], crs="EPSG:32633").to_file(out)
