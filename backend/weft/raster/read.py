# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of a raster as a network wants them: stretched to 0..1, with a mask of what is valid."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window as Box

from weft.grid import Window
from weft.raster.edges import Span, fill_around, spans
from weft.raster.inspect import RasterInfo
from weft.raster.opening import naming
from weft.raster.pixels import Source, open_source
from weft.raster.stretch import Stretch


@dataclass(frozen=True)
class Patch:
    """`pixels` (bands, h, w) float32 in 0..1 and `valid` (h, w); invalid pixels of the image are 0.

    Pixels beyond the image are invalid too, but mirror the image, so that a network sees no edge.
    """

    pixels: NDArray[np.float32]
    valid: NDArray[np.bool_]


class RasterReader:
    """Reads windows of one raster; for one thread, and never more than the window asked for.

    RasterError when `path` is unusable or lacks one of `bands`.
    """

    def __init__(self, path: Path | str, bands: tuple[int, ...], stretch: Stretch) -> None:
        self._source: Source = open_source(Path(path), tuple(bands))
        self._stretch = stretch

    @property
    def info(self) -> RasterInfo:
        """The raster's header."""
        return self._source.info

    @property
    def bands(self) -> int:
        """How many bands a patch has."""
        return len(self._source.bands)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the reader is of no more use."""
        self._source.close()

    def read(self, window: Window, shape: tuple[int, int]) -> Patch:
        """`window`, which may reach beyond the image, in `shape` (h, w) pixels.

        Shrinks by averaging and enlarges bilinearly (palettes: nearest); RasterError names the
        window when its blocks are damaged.
        """
        grid = self.info.grid
        down = spans(window.row, window.height, shape[0], grid.height)
        across = spans(window.column, window.width, shape[1], grid.width)
        if not down or not across:
            return Patch(_zeros(len(self._source.bands), shape), np.zeros(shape, np.bool_))
        how = _resampling(window, shape)
        with naming(self.info.path, f"the window at {_named(window)}"):
            inner = self._read_parts(down, across, how)
        rows, columns = (down[0].first, down[-1].last), (across[0].first, across[-1].last)
        if inner.valid.shape == shape:
            return inner
        valid = np.zeros(shape, np.bool_)
        valid[slice(*rows), slice(*columns)] = inner.valid
        return Patch(fill_around(inner.pixels, rows, columns, shape), valid)

    def valid(self, window: Window) -> NDArray[np.bool_]:
        """Which pixels (height, width) of `window` are in the image and valid; errors as `read`."""
        grid, mask = self.info.grid, np.zeros((window.height, window.width), np.bool_)
        top, bottom = max(window.row, 0), min(window.row + window.height, grid.height)
        left, right = max(window.column, 0), min(window.column + window.width, grid.width)
        if top >= bottom or left >= right:
            return mask
        shape = (bottom - top, right - left)
        with naming(self.info.path, f"the window at {_named(window)}"):
            inner = self._source.valid(Box(left, top, shape[1], shape[0]), shape)
        rows = slice(top - window.row, bottom - window.row)
        columns = slice(left - window.column, right - window.column)
        mask[rows, columns] = True if inner is None else inner
        return mask

    def _read_parts(self, down: list[Span], across: list[Span], how: Resampling) -> Patch:
        if len(down) == len(across) == 1:
            return self._read_part(down[0], across[0], how)
        rows = [[self._read_part(row, column, how) for column in across] for row in down]
        return Patch(
            np.concatenate(
                [np.concatenate([p.pixels for p in row], axis=2) for row in rows], axis=1
            ),
            np.concatenate(
                [np.concatenate([p.valid for p in row], axis=1) for row in rows], axis=0
            ),
        )

    def _read_part(self, row: Span, column: Span, how: Resampling) -> Patch:
        box = Box(column.start, row.start, column.stop - column.start, row.stop - row.start)
        shape = (row.last - row.first, column.last - column.first)
        raw, valid = self._source.read(box, shape, how)
        pixels = self._stretch.apply(raw)
        if valid is None:
            return Patch(pixels, np.ones(shape, np.bool_))
        # Copying where invalid is cheap, but most windows have nothing to copy.
        if not valid.all():
            np.copyto(pixels, 0, where=~valid)
        return Patch(pixels, valid)


def _zeros(bands: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.zeros((bands, *shape), np.float32)


def _resampling(window: Window, shape: tuple[int, int]) -> Resampling:
    if shape == (window.height, window.width):
        return Resampling.nearest
    shrinks = window.height * window.width > shape[0] * shape[1]
    return Resampling.average if shrinks else Resampling.bilinear


def _named(window: Window) -> str:
    place = f"column {window.column}, row {window.row}"
    return f"{place} ({window.width} x {window.height} pixels)"
