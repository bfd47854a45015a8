# SPDX-License-Identifier: GPL-3.0-or-later
"""Small prediction rasters and contexts for the tests of the jobs."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from weft.progress import Context, Progress

NORTH_UP = Affine(1, 0, 500_000, 0, -1, 4_000_000)


@dataclass
class Heard:
    """What a job told on the way."""

    notes: list[str] = field(default_factory=list)
    reports: list[Progress] = field(default_factory=list)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def context(tmp_path: Path, heard: Heard) -> Context:
    return Context(tmp_path, heard.reports.append, heard.notes.append)


@pytest.fixture
def write_raster(tmp_path: Path) -> Callable[..., Path]:
    """Writes (bands, h, w) pixels with tags to a GeoTIFF of one-metre pixels in UTM 33."""

    def write(name: str, array: np.ndarray, tags: dict[str, str] | None = None, **change: Any):
        path = tmp_path / name
        profile = {
            "driver": "GTiff",
            "count": array.shape[0],
            "height": array.shape[1],
            "width": array.shape[2],
            "dtype": array.dtype,
            "crs": "EPSG:32633",
            "transform": NORTH_UP,
        } | change
        with rasterio.open(path, "w", **profile) as dataset:
            dataset.write(array)
            dataset.update_tags(**(tags or {}))
        return path

    return write


@pytest.fixture
def write_prediction(write_raster: Callable[..., Path]) -> Callable[..., tuple[Path, Path]]:
    """Writes the class and the probability raster of one image, tagged as predict does.

    A band beyond the `names` tells of interiors.
    """

    def write(
        probability: np.ndarray, names: tuple[str, ...], stem: str = "image", **change: Any
    ) -> tuple[Path, Path]:
        quantised = np.round(probability * 254).astype(np.uint8)
        own = quantised[: len(names)]
        classes = np.where(own.max(axis=0) >= 127, own.argmax(axis=0) + 1, 0)
        listed = [{"name": name, "colour": "#ff0000"} for name in names]
        shared = {
            "WEFT_CLASSES": json.dumps(listed),
            "WEFT_MODEL": "roofs-1a2b",
            "WEFT_SOURCE": f"{stem}.tif",
        }
        one, other = f"{stem}_class.tif", f"{stem}_prob.tif"
        return (
            write_raster(
                one,
                classes[None].astype(np.uint8),
                shared | {"WEFT_KIND": "class", "WEFT_PAIR": other},
                nodata=255,
                **change,
            ),
            write_raster(
                other,
                quantised,
                shared | {"WEFT_KIND": "probability", "WEFT_PAIR": one},
                nodata=255,
                **change,
            ),
        )

    return write


@pytest.fixture
def probability() -> np.ndarray:
    """Two roofs (one with a courtyard of two pixels) and a tree beside the first, (2, 40, 50)."""
    pixels = np.zeros((2, 40, 50))
    pixels[0, 5:15, 5:15] = 0.9
    pixels[0, 8, 8:10] = 0.1
    pixels[0, 25:30, 30:40] = 0.75
    pixels[1, 5:15, 15:20] = 0.8
    return pixels


@pytest.fixture
def row_of_houses() -> np.ndarray:
    """Three houses and three trees, wall to wall, and the interiors of all six, (3, 40, 50)."""
    pixels = np.zeros((3, 40, 50))
    pixels[0, 5:15, 5:35] = 0.9
    pixels[1, 20:30, 5:35] = 0.8
    for top in (5, 20):
        for left in (5, 15, 25):
            pixels[2, top + 3 : top + 7, left + 3 : left + 7] = 0.9
    return pixels
