# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training learns from, as it is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from pyproj import CRS
from shapely import box

from weft.jobs.material import (
    Material,
    Wishes,
    choose_bands,
    note_overlaps,
    read_material,
)
from weft.jobs.resolution import FINER
from weft.labels.read import read_labels
from weft.labels.source import LabelSource
from weft.progress import Context
from weft.raster import inspect

UTM, DEGREES = CRS.from_epsg(32633), CRS.from_epsg(4326)
LEFT, TOP = 500_000, 4_000_000


@pytest.fixture
def read(tmp_path: Path, context: Context) -> Callable[..., Material]:
    """Reads images with two labels in an area, all in degrees."""
    labels, areas = tmp_path / "labels.gpkg", tmp_path / "areas.gpkg"
    roofs = [box(LEFT + x, TOP - 20, LEFT + x + 10, TOP - 10) for x in (10, 30)]
    frame = gpd.GeoDataFrame({"class": ["roof"] * 2}, geometry=roofs, crs=UTM)
    frame.to_crs(DEGREES).to_file(labels)
    area = gpd.GeoSeries([box(LEFT, TOP - 50, LEFT + 50, TOP)], crs=UTM)
    area.to_crs(DEGREES).to_file(areas)

    def read(*images: Path, gsd_m: float | None = 1.0) -> Material:
        sources = LabelSource(labels), LabelSource(areas)
        return read_material(images, *sources, "class", Wishes(None, gsd_m, None), context)

    return read


def ground(dtype: str = "uint8") -> np.ndarray:
    return np.random.default_rng(0).integers(1, 200, (3, 64, 64)).astype(dtype)


def test_labels_are_brought_to_the_images_once(
    read: Callable[..., Material], write_raster: Callable[..., Path]
) -> None:
    one, beside = write_raster("a.tif", ground()), write_raster("b.tif", ground())
    sources = read(one, beside).sources
    assert sources.labels.frame.crs == UTM and sources.areas.crs == UTM
    # what is far from one image may have no place in the CRS of another
    degrees = Affine(1e-5, 0, 15, 0, -1e-5, 36.144)
    other = write_raster("c.tif", ground(), crs="EPSG:4326", transform=degrees)
    sources = read(one, other).sources
    assert sources.labels.frame.crs == DEGREES and sources.areas.crs == DEGREES


def test_the_gsd_follows_the_labels_unless_the_user_says_otherwise(
    read: Callable[..., Material], write_raster: Callable[..., Path]
) -> None:
    image = write_raster("a.tif", ground())
    wished, finer = read(image), read(image, gsd_m=None)
    assert wished.gsd_m == 1.0 and wished.scales == (1.0,)
    assert finer.gsd_m == pytest.approx(1 / FINER, rel=1e-3)
    assert finer.scales == pytest.approx((FINER,)) and finer.regions[0].shape == (102, 102)


def test_images_of_different_types_are_told(
    read: Callable[..., Material], write_raster: Callable[..., Path], heard: Any
) -> None:
    bytes_, words = write_raster("a.tif", ground()), write_raster("b.tif", ground("uint16"))
    read(bytes_, bytes_)
    assert not heard.notes
    read(bytes_, words)
    (note,) = heard.notes
    assert note.startswith("a.tif is uint8, but b.tif is uint16; all images are stretched alike")


def test_one_band_and_one_overlap_are_told_as_one(
    write_raster: Callable[..., Path], tmp_path: Path, context: Context, heard: Any
) -> None:
    info = inspect(write_raster("a.tif", ground()[:2]))
    choose_bands((info,), None, context)
    roofs = [box(LEFT + x, TOP - 20, LEFT + x + 10, TOP - 10) for x in (10, 15)]
    frame = gpd.GeoDataFrame({"class": ["roof"] * 2}, geometry=roofs, crs=UTM)
    frame.to_file(tmp_path / "labels.gpkg")
    note_overlaps(read_labels(LabelSource(tmp_path / "labels.gpkg")), (info,), context)
    assert heard.notes == [
        "Using band 1 of 2; choose others with --bands.",
        "Labels overlap in 1 place; the later one wins there.",
    ]
