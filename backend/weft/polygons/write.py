# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons into vector files: written aside, checked, then moved into place."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from weft.errors import OutputError
from weft.outputs import draft_folder, replace
from weft.polygons.formats import (
    SHAPEFILE_LIMIT,
    Format,
    check_output,
    fit,
    format_of,
    shapefile_bytes,
)

LAYER = "polygons"
WAITING = 20_000  # polygons in memory at most, about
FAILURES = (OSError, DataSourceError, DataLayerError, FeatureError)


class PolygonWriter:
    """The vector file `path`, written in parts, and complete after a clean exit.

    Until then it grows in a hidden folder beside `path`; after an exception nothing of it is left
    and what stood at `path` still stands. OutputError when it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        check_output(path)
        self._path = path
        with _writing(path):
            self._aside = draft_folder(path.parent)
        # not the name once more: Windows takes 260 characters of a path
        self._draft = self._aside / "draft.gpkg"
        self._waiting: list[gpd.GeoDataFrame] = []
        self._count = self._bytes = 0

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
                    self._complete()
        finally:
            shutil.rmtree(self._aside, ignore_errors=True)

    def write(self, frame: gpd.GeoDataFrame) -> None:
        """Add single polygons, any number of them; all frames have the same columns and CRS."""
        rows = fit(frame, self._path)
        self._waiting.append(rows)
        self._count += len(rows)
        if format_of(self._path).driver == "ESRI Shapefile":
            self._bytes += shapefile_bytes(rows)
            if self._bytes > SHAPEFILE_LIMIT:
                raise OutputError(
                    f"{self._path} would be larger than the 2 GB that a Shapefile can hold; write "
                    "a .gpkg."
                )
        if sum(map(len, self._waiting)) > WAITING:
            with _writing(self._path):
                self._put_into_draft()

    def _put_into_draft(self) -> None:
        """Empty the waiting room; few formats can be appended to, and none with an index fast."""
        pyogrio.write_dataframe(
            _one_frame(self._waiting),
            self._draft,
            layer=LAYER,
            geometry_type="Polygon",
            append=self._draft.exists(),
            SPATIAL_INDEX="NO",
        )
        self._waiting = []

    def _complete(self) -> None:
        kind = format_of(self._path)
        # some drivers write a small ending whatever they are given
        final = self._aside / f"final{self._path.suffix.lower()}"
        if self._draft.exists():
            if self._waiting:
                self._put_into_draft()
            _copy(self._draft, final, kind)
            self._draft.unlink()
        else:
            pyogrio.write_dataframe(_one_frame(self._waiting), final, **_options(final, kind))
        # some drivers report a full disk nowhere but in what is missing afterwards
        written = pyogrio.read_info(final, force_feature_count=True)["features"]
        if written != self._count:
            raise OSError(f"only {written} of {self._count} polygons were written")
        _move(final, self._path, kind)


def write_polygons(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write `frame` (single polygons, any number of them) as the whole of the file `path`.

    Raises `OutputError` and leaves what stood there if the file cannot be written.
    """
    with PolygonWriter(path) as writer:
        writer.write(frame)


def _one_frame(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    filled = [frame for frame in frames if len(frame)]
    return gpd.GeoDataFrame(pd.concat(filled or frames[:1], ignore_index=True))


def _copy(draft: Path, final: Path, kind: Format) -> None:
    """Write what is in `draft` as `final`, a few thousand polygons at a time."""
    with pyogrio.open_arrow(draft, layer=LAYER) as (meta, rows):
        pyogrio.write_arrow(
            rows,
            final,
            geometry_name=meta["geometry_name"] or "wkb_geometry",
            crs=meta["crs"],
            **_options(final, kind),
        )


def _options(path: Path, kind: Format) -> dict[str, object]:
    return {
        "layer": path.stem if kind.driver == "ESRI Shapefile" else LAYER,
        "driver": kind.driver,
        "geometry_type": "Polygon",
        "layer_options": kind.options,
        "dataset_options": kind.file_options,
    }


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise _unwritable(path, error) from error


def _move(final: Path, path: Path, kind: Format) -> None:
    """Replace the old file and its companions by the new ones."""
    beside = [file for file in final.parent.glob(f"{final.stem}.*") if file != final]
    places = {file: path.with_suffix(file.name.removeprefix(final.stem)) for file in beside}
    stale = {path.with_suffix(suffix) for suffix in kind.companions}
    if not places:
        replace(final, path)
        for old in stale:
            old.unlink(missing_ok=True)
        return
    with _set_aside([path, *stale, *places.values()], final.parent):
        for file, place in (places | {final: path}).items():
            replace(file, place)


@contextmanager
def _set_aside(files: Iterable[Path], folder: Path) -> Iterator[None]:
    """Files out of the way; back again, if that or the block fails, as where one is open."""
    kept: dict[Path, Path] = {}
    try:
        for number, file in enumerate(file for file in files if file.exists()):
            replace(file, folder / f"old-{number}")
            kept[folder / f"old-{number}"] = file
        yield
    except OSError:
        for old, file in kept.items():
            replace(old, file)
        raise


def _unwritable(path: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0].rstrip(".")
    return OutputError(
        f"{path} could not be written ({reason}); free some space, close the file where it is "
        "open, or choose another folder."
    )
