# SPDX-License-Identifier: GPL-3.0-or-later
"""The vector formats that polygons are written in, and what each of them allows."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from weft.errors import OutputError

GEOPACKAGE_VERSION = "1.2"
SHAPEFILE_LIMIT = 2**31 - 1
SHAPEFILE_NAMES = {"perimeter_m": "perim_m", "regularised": "regular", "heading_deg": "heading"}


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


def format_of(path: Path) -> Format:
    """The format that a checked path's extension stands for."""
    return FORMATS[path.suffix.lower()]


def fit(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """`frame` with the names and the CRS that the format of `path` allows."""
    kind = format_of(path)
    if kind.driver == "GeoJSON":
        return _in_wgs84(frame, path)
    if kind.driver != "ESRI Shapefile":
        return frame
    return frame.rename(columns=SHAPEFILE_NAMES)


def _in_wgs84(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    try:
        return frame.to_crs(CRS.from_epsg(4326))
    except ProjError as error:
        raise OutputError(
            f"{path} must be in WGS 84, to which '{frame.crs.name}' cannot be brought; write a "
            ".gpkg."
        ) from error


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
