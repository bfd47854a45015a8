# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens rasters, and turns GDAL's failures into one sentence for the user."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from weft.errors import RasterError

# GDAL's own default is 5 % of the machine's memory: a whole orthophoto would end up in the cache.
# It is read once, before the first block, so that a process-wide variable is the only safe place.
os.environ.setdefault("GDAL_CACHEMAX", "96")

# A raster without georeference is a documented input. `catch_warnings` is not safe in threads.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

LONGEST_REASON = 160


def open_dataset(path: Path) -> DatasetReader:
    """Open `path` for reading; RasterError when it is absent, empty or not a raster."""
    if not path.exists():
        raise RasterError(f"{path} does not exist; check the path.")
    if path.is_file() and path.stat().st_size == 0:
        raise RasterError(f"{path} is an empty file; copy or export it again.")
    try:
        # Not shared: GDAL handles must not be used by two threads.
        return rasterio.open(path, sharing=False)
    except (RasterioError, OSError) as error:
        raise RasterError(
            f"{path} cannot be opened as a raster ({_without(path, reason(error))}); "
            "check that it is a complete image file that QGIS can open."
        ) from error


@contextmanager
def naming(path: Path, part: str) -> Iterator[None]:
    """Turn a failed read inside the block into a RasterError that names the file and `part`."""
    try:
        yield
    except (RasterioError, OSError) as error:
        raise RasterError(
            f"{path} is damaged or incomplete: {part} cannot be read "
            f"({_without(path, reason(error))}); copy or export it again."
        ) from error


def reason(error: BaseException) -> str:
    """GDAL's own words for `error`, as a clause: one line, no full stop, not too long."""
    words = " ".join(str(error.__cause__ or error).split()).rstrip(". ")
    return words if len(words) <= LONGEST_REASON else words[:LONGEST_REASON] + "…"


def _without(path: Path, words: str) -> str:
    """`words` without the path that the sentence around them names already."""
    return words.replace(f"'{path}' ", "").removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")
