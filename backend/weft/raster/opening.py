# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens rasters, and turns GDAL's failures into one sentence for the user."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from weft.errors import RasterError
from weft.virtual_files import gdal_name, is_virtual

# GDAL's own default is 5 % of the machine's memory: a whole orthophoto would end up in the cache.
# It is read once, before the first block, so that a process-wide variable is the only safe place.
CACHE_MIB = 96
os.environ.setdefault("GDAL_CACHEMAX", str(CACHE_MIB))
# Its own default is to wait for a server for ever.
for name, seconds in {"GDAL_HTTP_CONNECTTIMEOUT": "20", "GDAL_HTTP_TIMEOUT": "60"}.items():
    os.environ.setdefault(name, seconds)

# A raster without georeference is a documented input. `catch_warnings` is not safe in threads.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

LONGEST_REASON = 160
# rasterio 1.4 and 1.5 let some of GDAL's own errors through, which are public nowhere
GDAL_ERRORS = (RasterioError, CPLE_BaseError, OSError)


def open_dataset(path: Path) -> DatasetReader:
    """Open `path` for reading; RasterError when it is absent, empty or not a raster."""
    name = gdal_name(path)
    hint = "it is a complete image file that QGIS can open"
    if is_virtual(path):
        hint = "it can be reached and that QGIS can open it"
    elif not path.exists():
        raise RasterError(f"{path} does not exist; check the path.")
    elif path.is_file() and path.stat().st_size == 0:
        raise RasterError(f"{path} is an empty file; copy or export it again.")
    try:
        # Not shared: GDAL handles must not be used by two threads.
        return rasterio.open(name, sharing=False)
    except GDAL_ERRORS as error:
        raise RasterError(
            f"{name} cannot be opened as a raster ({_without(name, reason(error))}); "
            f"check that {hint}."
        ) from error


def files_of(path: Path) -> list[Path]:
    """The files that a raster's pixels come from: of a mosaic its images, and masks beside it.

    Mosaics may consist of mosaics. Not the .aux.xml that QGIS leaves beside images that it shows.
    """
    found, mosaics = [path], [path]
    for mosaic in mosaics:
        with open_dataset(mosaic) as dataset:
            names = [Path(name) for name in dataset.files if not name.endswith(".aux.xml")]
        found += names
        mosaics += [each for each in names if each.suffix == ".vrt" and each not in mosaics]
    return found


@contextmanager
def naming(path: Path, part: str) -> Iterator[None]:
    """Turn a failed read inside the block into a RasterError that names the file and `part`."""
    try:
        yield
    except GDAL_ERRORS as error:
        name = gdal_name(path)
        raise RasterError(
            f"{name} is damaged or incomplete: {part} cannot be read "
            f"({_without(name, reason(error))}); copy or export it again."
        ) from error


def reason(error: BaseException) -> str:
    """GDAL's own words for `error`, as a clause: one line, no full stop, not too long."""
    words = " ".join(str(error.__cause__ or error).split()).rstrip(". ")
    return words if len(words) <= LONGEST_REASON else words[:LONGEST_REASON] + "…"


def _without(name: str, words: str) -> str:
    """`words` without the name that the sentence around them has already."""
    short = name.rpartition("/")[2]
    return words.replace(f"'{name}' ", "").removeprefix(f"{name}: ").removeprefix(f"{short}: ")
