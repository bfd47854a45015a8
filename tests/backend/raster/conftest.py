# SPDX-License-Identifier: GPL-3.0-or-later
"""Small real rasters for the tests of the raster room."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

MakeRaster = Callable[..., Path]

NORTH_UP = Affine(0.5, 0, 500_000, 0, -0.5, 4_000_000)


@pytest.fixture
def make_raster(tmp_path: Path) -> MakeRaster:
    """Writes `array` (bands, h, w) to a GeoTIFF named `name`; other words go to rasterio."""

    def make(
        array: np.ndarray,
        name: str = "image.tif",
        colormap: dict[int, tuple[int, ...]] | None = None,
        mask: np.ndarray | None = None,
        colours: tuple[rasterio.enums.ColorInterp, ...] | None = None,
        **profile: Any,
    ) -> Path:
        settings = {
            "driver": "GTiff",
            "crs": "EPSG:32633",
            "transform": NORTH_UP,
            "count": array.shape[0],
            "height": array.shape[1],
            "width": array.shape[2],
            "dtype": array.dtype,
        }
        path = tmp_path / name
        with (
            rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
            rasterio.open(path, "w", **(settings | profile)) as dataset,
        ):
            if colours:
                dataset.colorinterp = colours
            if colormap:
                dataset.write_colormap(1, colormap)
            dataset.write(array)
            if mask is not None:
                dataset.write_mask(mask)
        return path

    return make


@pytest.fixture
def rgb(make_raster: MakeRaster) -> Path:
    """A tiled RGB image of 200 rows and 300 columns in which no two neighbours are equal."""
    rows, columns = np.mgrid[0:200, 0:300]
    array = np.stack([rows, columns % 256, (rows + columns) % 256]).astype(np.uint8)
    return make_raster(
        array, "rgb.tif", photometric="rgb", tiled=True, blockxsize=64, blockysize=64
    )
