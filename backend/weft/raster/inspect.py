# SPDX-License-Identifier: GPL-3.0-or-later
"""What a raster is, read from its header alone, and whether it can be used at all."""

import math
from dataclasses import dataclass
from pathlib import Path

from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader

from weft.grid import Grid
from weft.raster.checks import examine_grid, refuse_unusable
from weft.raster.opening import naming, open_dataset
from weft.virtual_files import is_virtual

RGB = (ColorInterp.red.name, ColorInterp.green.name, ColorInterp.blue.name)


@dataclass(frozen=True)
class RasterInfo:
    """A usable raster's header.

    `bands` counts what a user may choose from (`data_bands`): alpha bands are not among them, and a
    palette counts as the three bands that it expands to. `nodata` has one value per data band.
    `photometric`, `alpha` and `descriptions` go by the file's own bands, numbered from 1.
    `overviews` are shrink factors; `mask_band` tells of a mask beside nodata and alpha.
    """

    path: Path
    grid: Grid
    bands: int
    dtype: str
    nodata: tuple[float | None, ...]
    block: tuple[int, int]
    photometric: tuple[str, ...]
    palette: bool
    alpha: tuple[int, ...]
    driver: str
    overviews: tuple[int, ...] = ()
    descriptions: tuple[str | None, ...] = ()
    mask_band: bool = False

    @property
    def data_bands(self) -> tuple[int, ...]:
        """The band numbers that a user may choose."""
        if self.palette:
            return (1, 2, 3)
        everything = range(1, len(self.photometric) + 1)
        return tuple(band for band in everything if band not in self.alpha)


def inspect(path: Path | str) -> RasterInfo:
    """Read the header of `path`; RasterError, in one sentence, for every unusable file."""
    with open_dataset(Path(path)) as dataset:
        return examine(Path(path), dataset)


def examine(path: Path, dataset: DatasetReader) -> RasterInfo:
    """The header of an open `dataset`; RasterError when it cannot be used."""
    with naming(path, "its header"):
        refuse_unusable(path, dataset)
        photometric = tuple(kind.name for kind in dataset.colorinterp)
        palette = photometric[0] == ColorInterp.palette.name
        alpha = tuple(
            band for band, name in enumerate(photometric, 1) if name == ColorInterp.alpha.name
        )
        data = [0] * 3 if palette else [i for i in range(dataset.count) if i + 1 not in alpha]
        flags = {flag.name for flag in dataset.mask_flag_enums[data[0]]}
        return RasterInfo(
            path=path,
            grid=examine_grid(path, dataset),
            bands=len(data),
            dtype=dataset.dtypes[data[0]],
            nodata=tuple(dataset.nodatavals[index] for index in data),
            block=dataset.block_shapes[data[0]],
            photometric=photometric,
            palette=palette,
            alpha=alpha,
            driver=dataset.driver,
            overviews=tuple(dataset.overviews(data[0] + 1)),
            descriptions=_descriptions(dataset),
            mask_band="per_dataset" in flags and "alpha" not in flags,
        )


def default_bands(info: RasterInfo) -> tuple[int, ...]:
    """Red, green and blue where the file says which they are, else the first three or the first."""
    if info.palette:
        return info.data_bands
    if all(name in info.photometric for name in RGB):
        return tuple(info.photometric.index(name) + 1 for name in RGB)
    return info.data_bands[:3] if info.bands >= 3 else info.data_bands[:1]


def describe(info: RasterInfo) -> dict[str, object]:
    """`info` for panels and `--json`: plain strings, finite numbers, lists and None only."""
    grid = info.grid
    return {
        "path": str(info.path),
        "driver": info.driver,
        "bytes": None if is_virtual(info.path) else info.path.stat().st_size,
        "width": grid.width,
        "height": grid.height,
        "megapixels": grid.width * grid.height / 1e6,
        "bands": [_describe_band(info, place) for place in range(info.bands)],
        "default_bands": list(default_bands(info)),
        "dtype": info.dtype,
        "palette": info.palette,
        "transparency": bool(info.alpha) or info.mask_band,
        "crs": grid.crs.name if grid.crs else None,
        "crs_code": _crs_code(grid),
        "transform": list(grid.transform)[:6],
        "corners": [list(corner) for corner in _corners(grid)],
        "gsd_m": grid.gsd_m(),
        "block": list(info.block),
        "overviews": list(info.overviews),
    }


def _descriptions(dataset: DatasetReader) -> tuple[str | None, ...]:
    try:
        names: tuple[str | None, ...] = dataset.descriptions
    except UnicodeDecodeError:
        # Older headers hold names in unknown encodings; the pixels are fine without them.
        names = (None,) * int(dataset.count)
    return names


def _describe_band(info: RasterInfo, place: int) -> dict[str, object]:
    number = info.data_bands[place]
    colour = RGB[place] if info.palette else info.photometric[number - 1]
    name = None if info.palette else info.descriptions[number - 1]
    nodata = info.nodata[place]
    # JSON has no NaN and no infinity.
    shown = nodata if nodata is None or math.isfinite(nodata) else str(nodata)
    return {"number": number, "name": name, "colour": colour, "nodata": shown}


def _corners(grid: Grid) -> list[tuple[float, float]]:
    w, h = grid.width, grid.height
    return [grid.transform @ corner for corner in ((0, 0), (w, 0), (w, h), (0, h))]


def _crs_code(grid: Grid) -> str | None:
    authority = grid.crs.to_authority() if grid.crs else None
    return ":".join(authority) if authority else None
