# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw values of chosen bands, and which of them are valid, from windows of an open raster."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.windows import Window as Box

from weft.errors import RasterError
from weft.raster.inspect import RasterInfo, examine
from weft.raster.opening import naming, open_dataset
from weft.raster.palette import colour_table
from weft.raster.validity import Mask, Values, is_data, is_finite, usable_nodata

# These are exact in float32, and GDAL converts to it while it copies out of the block.
EXACT_IN_FLOAT32 = ("uint8", "int8", "uint16", "int16", "float32")


@dataclass(frozen=True)
class Source:
    """An open raster and the bands wanted of it; for one thread.

    `nodata` has one value per chosen band, None where no pixel can hold it; `table` is the colour
    table of a paletted raster.
    """

    dataset: DatasetReader
    info: RasterInfo
    bands: tuple[int, ...]
    nodata: tuple[float | None, ...]
    table: NDArray[np.uint8] | None

    def read(self, box: Box, shape: tuple[int, int], how: Resampling) -> tuple[Values, Mask | None]:
        """Values (bands, *shape) of `box`, which lies inside the raster, and where they are valid.

        Values are float32, or float64 where float32 would lose digits. None for the mask says that
        everything is valid. GDAL's resampling leaves nodata out and uses overviews.
        """
        if self.table is not None:
            return self._read_palette(box, shape)
        pixels = self._read_bands(box, shape, how)
        masks = self._masks(box, shape)
        if self.info.dtype.startswith("float"):
            masks.append(is_finite(pixels))
        if self._has_nodata:
            masks.append(is_data(pixels, self.nodata))
            if how is not Resampling.nearest:
                nearest = self._read_bands(box, shape, Resampling.nearest)
                masks.append(is_data(nearest, self.nodata))
        return pixels, np.logical_and.reduce(masks) if masks else None

    def valid(self, box: Box, shape: tuple[int, int]) -> Mask | None:
        """Where the pixels of `box` are valid; its values are only read where they tell."""
        if self.table is not None or self._has_nodata or self.info.dtype.startswith("float"):
            return self.read(box, shape, Resampling.nearest)[1]
        masks = self._masks(box, shape)
        return np.logical_and.reduce(masks) if masks else None

    @property
    def _has_nodata(self) -> bool:
        return all(value is not None for value in self.nodata)

    def close(self) -> None:
        """Close the file."""
        self.dataset.close()

    def _read_bands(self, box: Box, shape: tuple[int, int], how: Resampling) -> Values:
        exact = self.info.dtype in EXACT_IN_FLOAT32
        out = np.empty((len(self.bands), *shape), np.float32 if exact else np.float64)
        self.dataset.read(list(self.bands), out=out, window=box, resampling=how)
        return out

    def _read_palette(self, box: Box, shape: tuple[int, int]) -> tuple[Values, Mask]:
        # Indexes are names, not amounts: they cannot be averaged.
        index = self.dataset.read(1, window=box, out_shape=shape)
        colours = self.table[index]  # type: ignore[index]
        masks = [*self._masks(box, shape), colours[..., 3] > 0]
        if self.nodata[0] is not None:
            masks.append(index != self.nodata[0])
        wanted = [band - 1 for band in self.bands]
        pixels = np.moveaxis(colours[..., wanted], -1, 0).astype(np.float32, order="C")
        return pixels, np.logical_and.reduce(masks)

    def _masks(self, box: Box, shape: tuple[int, int]) -> list[Mask]:
        opaque = [
            self.dataset.read(band, window=box, out_shape=shape) > 0 for band in self.info.alpha
        ]
        if self.info.mask_band:
            first = 1 if self.table is not None else self.bands[0]
            opaque.append(self.dataset.read_masks(first, window=box, out_shape=shape) > 0)
        return opaque


def open_source(path: Path, bands: tuple[int, ...]) -> Source:
    """Open `path` for reading `bands`; RasterError when it is unusable or lacks one of them."""
    dataset = open_dataset(path)
    try:
        return _source(path, dataset, bands)
    except RasterError:
        dataset.close()
        raise


def _source(path: Path, dataset: DatasetReader, bands: tuple[int, ...]) -> Source:
    info = examine(path, dataset)
    check_bands(info, bands)
    nodata = tuple(info.nodata[info.data_bands.index(band)] for band in bands)
    with naming(path, "its colour table"):
        table = colour_table(dataset) if info.palette else None
    return Source(dataset, info, bands, usable_nodata(nodata, info.dtype), table)


def check_bands(info: RasterInfo, bands: tuple[int, ...]) -> None:
    """RasterError when `info` lacks one of `bands`."""
    missing = [band for band in bands if band not in info.data_bands]
    if missing or not bands:
        listed = ", ".join(map(str, missing)) or "none"
        raise RasterError(
            f"{info.path} has {info.bands} data band(s), and of those asked for it lacks: "
            f"{listed}; choose among {_listed(info.data_bands)}."
        )


def _listed(bands: tuple[int, ...]) -> str:
    if len(bands) <= 8:
        return ", ".join(map(str, bands))
    return f"{bands[0]} to {bands[-1]}"
