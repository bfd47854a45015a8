# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters read from above in overlapping rows, each block and each row once."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from weft.raster.opening import naming, open_dataset


@dataclass(frozen=True)
class Rows:
    """The `pixels` (h, w) of the rows before `stop`."""

    stop: int
    pixels: NDArray[np.uint8]

    def since(self, start: int) -> NDArray[np.uint8]:
        """Those from row `start` on; none where it is not known."""
        place = len(self.pixels) - (self.stop - start)
        return self.pixels[place:] if place >= 0 else self.pixels[:0]


class Reader(ExitStack):
    """Rasters that stay open as long as the reader does, each band read from above.

    The last `overlap` rows of what was read last are remembered.
    """

    def __init__(self, overlap: int) -> None:
        super().__init__()
        self._overlap = overlap
        self._open: dict[Path, DatasetReader] = {}
        self._last: dict[tuple[Path, int], Rows] = {}

    def block_rows(self, path: Path) -> int:
        """How high the blocks of the raster are."""
        rows: int = self._opened(path).block_shapes[0][0]
        return rows

    def read(self, path: Path, band: int, rows: slice) -> NDArray[np.uint8]:
        """A band (rows, width); invalid pixels are 0."""
        dataset = self._opened(path)
        pixels = np.empty((rows.stop - rows.start, dataset.width), np.uint8)
        known = self._last.get((path, band), Rows(0, pixels[:0])).since(rows.start)
        count = len(known)
        pixels[:count], unknown, start = known, pixels[count:], rows.start + count
        if len(unknown):
            with naming(path, f"rows {start} to {rows.stop - 1}"):
                read_valid(dataset, band, start, unknown)
        first = max(0, len(pixels) - self._overlap)
        self._last[path, band] = Rows(rows.stop, pixels[first:].copy())
        return pixels

    def _opened(self, path: Path) -> DatasetReader:
        if path not in self._open:
            self._open[path] = self.enter_context(open_dataset(path))
        return self._open[path]


def read_valid(dataset: DatasetReader, band: int, start: int, out: NDArray[np.uint8]) -> None:
    """Read into `out` (h, width) from row `start` on; 0 where the raster is not valid."""
    window = Window(0, start, dataset.width, len(out))
    dataset.read(band, window=window, out=out)
    out *= dataset.read_masks(band, window=window) > 0
