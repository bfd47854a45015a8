# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels in and out: the one place where a raster becomes an array, and an array a raster."""

from weft.raster.inspect import RasterInfo, default_bands, describe, inspect
from weft.raster.read import Patch, RasterReader
from weft.raster.stretch import Stretch, fit_stretch
from weft.raster.write import RasterWriter

__all__ = [
    "Patch",
    "RasterInfo",
    "RasterReader",
    "RasterWriter",
    "Stretch",
    "default_bands",
    "describe",
    "fit_stretch",
    "inspect",
]
