# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons into vector files: written aside, checked, then moved into place."""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from pyogrio.errors import DataSourceError, FeatureError
from pyproj import CRS
from pyproj.exceptions import ProjError

from weft.errors import OutputError

LAYER = "polygons"
GEOPACKAGE_VERSION = "1.2"
SHAPEFILE_LIMIT = 2**31 - 1
SHAPEFILE_NAMES = {"perimeter_m": "perim_m"}
FAILURES = (OSError, DataSourceError, FeatureError)


@dataclass(frozen=True)
class Format:
    """How a file name's extension is written, and which companions of an old file must go."""

    driver: str
    options: dict[str, str] = field(default_factory=dict)
    file_options: dict[str, str] = field(default_factory=dict)
    companions: tuple[str, ...] = ()


FORMATS = {
    # a journal left by the old file would be replayed into the new one
    # a QGIS of some years warns of later versions
    ".gpkg": Format(
        "GPKG",
        file_options={"VERSION": GEOPACKAGE_VERSION},
        companions=(".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
    ),
    ".shp": Format(
        "ESRI Shapefile",
        {"ENCODING": "UTF-8", "2GB_LIMIT": "YES"},
        companions=(".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx", ".shp.xml"),
    ),
    # 9 decimals of a degree keep a tenth of a millimetre, and with it valid outlines
    ".geojson": Format("GeoJSON", {"RFC7946": "YES", "COORDINATE_PRECISION": "9"}),
    ".fgb": Format("FlatGeobuf"),
}


def check_output(path: Path) -> None:
    """Raise `OutputError` before any work if `path` cannot become a vector file."""
    if path.suffix.lower() not in FORMATS:
        raise OutputError(
            f"{path} does not end in a format that can be written; use one of {', '.join(FORMATS)}."
        )
    if path.is_dir():
        raise OutputError(f"{path} is a folder; give the name of a file.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist; make it first.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise OutputError(f"The folder {path.parent} cannot be written to; choose another one.")


def write_polygons(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write `frame` (single polygons, any number of them) as the whole of the file `path`.

    Raises `OutputError` and leaves what stood there if the file cannot be written.
    """
    check_output(path)
    kind = FORMATS[path.suffix.lower()]
    rows = _fit(frame, path, kind)
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{path.stem}.", dir=path.parent))
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        _write_and_check(rows, aside / path.name, kind)
        _move(aside, path, kind)
    except FAILURES as error:
        raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def shapefile_bytes(frame: gpd.GeoDataFrame) -> int:
    """Size of the larger of .shp and .dbf, from the layout of the format."""
    geometries = frame.geometry.values
    points = int(shapely.get_num_coordinates(geometries).sum())
    rings = int(shapely.get_num_interior_rings(geometries).sum()) + len(frame)
    shapes = 100 + 16 * points + 4 * rings + 52 * len(frame)
    # numbers take 24 bytes and texts up to 254
    widest = sum(_width(frame, name) for name in frame.columns.drop("geometry"))
    return max(shapes, (1 + widest) * len(frame))


def _width(frame: gpd.GeoDataFrame, name: str) -> int:
    if frame[name].dtype.kind == "f":
        return 24
    longest = max((len(str(text).encode()) for text in frame[name].unique()), default=0)
    return min(254, max(80, longest))


def _fit(frame: gpd.GeoDataFrame, path: Path, kind: Format) -> gpd.GeoDataFrame:
    """`frame` with the names, the CRS and the size that the format allows."""
    if kind.driver == "GeoJSON":
        return _in_wgs84(frame, path)
    if kind.driver != "ESRI Shapefile":
        return frame
    if shapefile_bytes(frame) > SHAPEFILE_LIMIT:
        raise OutputError(
            f"{path} would be larger than the 2 GB that a Shapefile can hold; write a .gpkg."
        )
    return frame.rename(columns=SHAPEFILE_NAMES)


def _in_wgs84(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    try:
        return frame.to_crs(CRS.from_epsg(4326))
    except ProjError as error:
        raise OutputError(
            f"{path} must be in WGS 84, to which '{frame.crs.name}' cannot be brought; write a "
            ".gpkg."
        ) from error


def _write_and_check(frame: gpd.GeoDataFrame, path: Path, kind: Format) -> None:
    pyogrio.write_dataframe(
        frame,
        path,
        layer=path.stem if kind.driver == "ESRI Shapefile" else LAYER,
        driver=kind.driver,
        geometry_type="Polygon",
        layer_options=kind.options,
        dataset_options=kind.file_options,
    )
    # some drivers report a full disk nowhere but in what is missing afterwards
    written = pyogrio.read_info(path, force_feature_count=True)["features"]
    if written != len(frame):
        raise OSError(f"only {written} of {len(frame)} polygons were written")


def _move(aside: Path, path: Path, kind: Format) -> None:
    """Replace the old file and its companions by the new ones, the main file last."""
    fresh = sorted(aside.iterdir(), key=lambda file: file.name == path.name)
    stale = {path.with_suffix(suffix) for suffix in kind.companions}
    for old in stale - {path.parent / file.name for file in fresh}:
        old.unlink(missing_ok=True)
    for file in fresh:
        os.replace(file, path.parent / file.name)


def _unwritable(path: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0].rstrip(".")
    return OutputError(
        f"{path} could not be written ({reason}); free some space, close the file where it is "
        "open, or choose another folder."
    )
