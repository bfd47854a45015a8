# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses rasters that cannot be used, each in one sentence that says what to do instead."""

import math
from pathlib import Path

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from rasterio.enums import ColorInterp
from rasterio.errors import CRSError as GdalCRSError
from rasterio.io import DatasetReader

from weft.errors import RasterError
from weft.grid import Grid

MOST_BANDS = 1024  # above any hyperspectral sensor; more is a damaged or hostile header
LARGEST_BLOCK = 2**30  # bytes; GDAL decodes whole blocks, so that one must fit in memory


def refuse_unusable(path: Path, dataset: DatasetReader) -> None:
    """RasterError when `dataset` has bands, types, blocks or a georeference that cannot be used."""
    _check_bands(path, dataset)
    _check_types(path, dataset)
    _check_blocks(path, dataset)
    _check_georeference(path, dataset)


def examine_grid(path: Path, dataset: DatasetReader) -> Grid:
    """The grid of `dataset`, its CRS taken over as WKT 2 so that custom ones survive."""
    return Grid(_crs(path, dataset), dataset.transform, dataset.width, dataset.height)


def _check_bands(path: Path, dataset: DatasetReader) -> None:
    if dataset.count == 0:
        raise RasterError(
            f"{path} is a container without bands of its own (it may hold several rasters); "
            "save the one that is needed as GeoTIFF, for example with gdal_translate."
        )
    if dataset.count > MOST_BANDS:
        raise RasterError(
            f"{path} says that it has {dataset.count} bands, and at most {MOST_BANDS} are "
            "supported; save the bands that are needed with gdal_translate -b."
        )
    if all(kind is ColorInterp.alpha for kind in dataset.colorinterp):
        raise RasterError(f"{path} has nothing but transparency; choose a raster with data bands.")


def _check_types(path: Path, dataset: DatasetReader) -> None:
    kinds = zip(dataset.dtypes, dataset.colorinterp, strict=True)
    types = {dtype for dtype, kind in kinds if kind is not ColorInterp.alpha}
    if any(dtype.startswith("complex") for dtype in types):
        raise RasterError(
            f"{path} holds complex numbers, which are not supported; "
            "save its amplitude as a real raster first."
        )
    if len(types) > 1:
        raise RasterError(
            f"{path} mixes bands of different types ({', '.join(sorted(types))}); "
            "save it with one type, for example with gdal_translate -ot Float32."
        )


def _check_blocks(path: Path, dataset: DatasetReader) -> None:
    height, width = max(dataset.block_shapes, key=math.prod)
    # Interleaved by pixel, a block of one band is decoded together with those of all others.
    together = dataset.count if dataset.profile.get("interleave") == "pixel" else 1
    size = height * width * np.dtype(dataset.dtypes[0]).itemsize * together
    if size > LARGEST_BLOCK:
        raise RasterError(
            f"{path} stores its pixels in blocks of {width} x {height}, {size / 2**30:.1f} GiB "
            "each, too large to read; save it in tiles with gdal_translate -co TILED=YES."
        )


def _check_georeference(path: Path, dataset: DatasetReader) -> None:
    if dataset.transform.is_identity:
        by = _indirect_georeference(dataset)
        if by:
            raise RasterError(
                f"{path} is georeferenced by {by} only, so that its pixels lie on no grid yet; "
                "warp it first, with gdalwarp or in QGIS under Raster > Georeferencer."
            )
    terms = tuple(dataset.transform)[:6]
    if not all(map(math.isfinite, terms)) or dataset.transform.determinant == 0:
        raise RasterError(
            f"{path} has a damaged georeference (its pixels have no area); "
            "assign a correct one, for example with gdal_translate -a_ullr."
        )


def _indirect_georeference(dataset: DatasetReader) -> str | None:
    if dataset.gcps[0]:
        return "ground control points (GCPs)"
    if dataset.rpcs is not None:
        return "a camera model (RPCs)"
    return None


def _crs(path: Path, dataset: DatasetReader) -> CRS | None:
    try:
        if not dataset.crs:
            return None
        return CRS.from_wkt(dataset.crs.to_wkt(version="WKT2_2019"))
    except (CRSError, GdalCRSError, ProjError) as error:
        raise RasterError(
            f"{path} has a CRS that PROJ does not understand; "
            "assign the right one in QGIS under Raster > Projections > Assign Projection."
        ) from error
