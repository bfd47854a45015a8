# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes rasters window by window: cloud-optimised GeoTIFFs, whole or not at all."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.io import DatasetWriter
from rasterio.windows import Window as Box

from weft.errors import OutputError
from weft.grid import Grid, Window
from weft.outputs import draft_folder, replace
from weft.raster.opening import GDAL_ERRORS, reason

BLOCK = 512
LEVEL = 1
LAYOUT = {
    "tiled": True,
    "blockxsize": BLOCK,
    "blockysize": BLOCK,
    "bigtiff": "IF_SAFER",
    # One class can be read without the others, which GDAL's COG driver cannot do before 3.11.
    "interleave": "band",
    # Else GDAL takes three bands for RGB and the fourth for transparency.
    "photometric": "minisblack",
    "alpha": "no",
}
# Not packed: a draft is read twice, for overviews and for the file in its last order.
DRAFT = LAYOUT | {"sparse_ok": True}
FINAL = LAYOUT | {
    "compress": "deflate",
    # Of neighbours' differences, the quickest level leaves less than the default one of pixels.
    "predictor": 2,
    "zlevel": LEVEL,
    "num_threads": "ALL_CPUS",
}
THREADS = "ALL_CPUS"  # when writing ends, no tile is left to predict
SIDECARS = (".aux.xml", ".ovr", ".msk")

Colour = tuple[int, int, int, int]


class RasterWriter:
    """A GeoTIFF at `path` on `grid` with `count` bands, complete after a clean exit.

    It is laid out for reading over networks: overviews come before what they show. Until then it
    grows in a hidden folder beside `path`, or in `aside` on the same file system; after an
    exception nothing of it is left and what stood at `path` still stands. `resampling` makes the
    overviews: average for amounts, nearest for classes. OutputError when it cannot be written.
    """

    def __init__(
        self,
        path: Path | str,
        grid: Grid,
        count: int,
        dtype: str = "uint8",
        nodata: float | None = None,
        tags: Mapping[str, str] | None = None,
        descriptions: tuple[str, ...] = (),
        colormap: Mapping[int, Colour] | None = None,
        resampling: Resampling = Resampling.nearest,
        aside: Path | None = None,
    ) -> None:
        self._path = Path(path)
        self._resampling = resampling
        with _writing(self._path):
            # beside, because a rename is atomic only within one file system
            place = aside or self._path.parent
            self._folder = draft_folder(place)
        # not the name once more: Windows takes 260 characters of a path
        self._draft = self._folder / "draft.tif"
        with ExitStack() as undo:
            undo.callback(self._discard)
            with _writing(self._path):
                self._dataset = _create(self._draft, grid, count, dtype, nodata)
                _label(self._dataset, tags or {}, descriptions, colormap)
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                with _writing(self._path):
                    self._dataset.close()
                    _check_complete(self._draft)
                    _build_overviews(self._draft, self._resampling)
                    _move_into_place(_in_order(self._draft), self._path)
        finally:
            self._discard()

    def write(self, array: NDArray[Any], window: Window) -> None:
        """Write `array` (count, h, w) at `window`, which lies inside the grid."""
        box = Box(window.column, window.row, window.width, window.height)
        with _writing(self._path):
            self._dataset.write(array, window=box)

    def _discard(self) -> None:
        dataset = getattr(self, "_dataset", None)
        if dataset is not None and not dataset.closed:
            _close_quietly(dataset)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except GDAL_ERRORS as error:
        raise OutputError(
            f"{path} cannot be written ({reason(error)}); "
            "check that the folder exists, is writable and has space left."
        ) from error


def _create(path: Path, grid: Grid, count: int, dtype: str, nodata: float | None) -> DatasetWriter:
    return rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=grid.width,
        height=grid.height,
        count=count,
        dtype=dtype,
        nodata=nodata,
        crs=CRS.from_wkt(grid.crs.to_wkt()) if grid.crs else None,
        transform=grid.transform,
        **DRAFT,
    )


def _label(
    dataset: DatasetWriter,
    tags: Mapping[str, str],
    descriptions: tuple[str, ...],
    colormap: Mapping[int, Colour] | None,
) -> None:
    dataset.update_tags(**tags)
    for band, description in enumerate(descriptions, 1):
        dataset.set_band_description(band, description)
    if colormap:
        dataset.write_colormap(1, dict(colormap))


def _check_complete(path: Path) -> None:
    """OSError when blocks lie beyond the file's end: a full disk may show only when closing."""
    size = path.stat().st_size
    with rasterio.open(path) as dataset:
        rows, columns = (-(-length // BLOCK) for length in (dataset.height, dataset.width))
        ends = (
            _block_end(dataset, band, column, row)
            for band in range(1, dataset.count + 1)
            for row in range(rows)
            for column in range(columns)
        )
        if any(end > size for end in ends):
            raise OSError("the disk may be full")


def _block_end(dataset: Any, band: int, column: int, row: int) -> int:
    offset = dataset.get_tag_item(f"BLOCK_OFFSET_{column}_{row}", "TIFF", bidx=band)
    length = dataset.get_tag_item(f"BLOCK_SIZE_{column}_{row}", "TIFF", bidx=band)
    return int(offset or 0) + int(length or 0)


def _build_overviews(path: Path, resampling: Resampling) -> None:
    settings = {
        "GDAL_TIFF_OVR_BLOCKSIZE": str(BLOCK),
        "GDAL_NUM_THREADS": THREADS,
    }
    with rasterio.Env(**settings), rasterio.open(path, "r+") as dataset:
        factors = _factors(max(dataset.width, dataset.height))
        if factors:
            dataset.build_overviews(factors, resampling)


def _in_order(draft: Path) -> Path:
    """The same raster as a file of its own, in the order that suits reading over networks."""
    ordered = draft.with_name("ordered.tif")
    rasterio.shutil.copy(draft, ordered, driver="GTiff", copy_src_overviews=True, **FINAL)
    _check_complete(ordered)
    draft.unlink()
    return ordered


def _factors(side: int) -> list[int]:
    """2, 4, 8 … until the smallest overview fits in one block."""
    factors = [2]
    while side / factors[-1] > BLOCK:
        factors.append(factors[-1] * 2)
    return factors if side > BLOCK else []


def _move_into_place(draft: Path, path: Path) -> None:
    """Replace `path`; statistics and overviews of what stood there would be of another raster."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())  # or a power cut could leave a name without its content
    replace(draft, path)
    for suffix in SIDECARS:
        aside, stale = (file.with_name(file.name + suffix) for file in (draft, path))
        if aside.exists():
            replace(aside, stale)
        else:
            stale.unlink(missing_ok=True)


def _close_quietly(dataset: DatasetWriter) -> None:
    try:
        dataset.close()
    except GDAL_ERRORS:
        return
