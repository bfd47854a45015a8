# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading one layer of a vector file, with errors that name the file and what it offers."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError
from pyproj import CRS
from pyproj.exceptions import CRSError

from weft.errors import LabelError
from weft.labels.source import LabelSource

UNREADABLE = (
    DataLayerError,
    DataSourceError,
    FeatureError,
    GeometryError,
    CRSError,
    UnicodeDecodeError,
)


@dataclass(frozen=True)
class Layer:
    """One layer that was found: its name and the names of its fields, geometry excluded."""

    source: LabelSource
    name: str
    fields: tuple[str, ...]


def find_layer(source: LabelSource) -> Layer:
    """The layer that `source` means; it need not be named where the file holds only one."""
    if not source.path.exists():
        raise LabelError(f"{source.path} does not exist; check the path of the vector file.")
    try:
        names = _spatial_layers(source)
        name = _choose(source, names)
        fields = pyogrio.read_info(source.path, layer=name)["fields"]
    except UNREADABLE as error:
        raise _unreadable(source, error) from error
    return Layer(source, name, tuple(str(field) for field in fields))


def read_layer(layer: Layer, fields: tuple[str, ...] = ()) -> tuple[gpd.GeoDataFrame, int]:
    """Features of `layer` in two dimensions with `fields` alone, and how many had no geometry."""
    source = layer.source
    try:
        # what is no geometry at all, such as a ring that does not close, comes back as none
        frame = pyogrio.read_dataframe(
            source.path, layer=layer.name, columns=list(fields), on_invalid="ignore"
        )
    except UNREADABLE as error:
        raise _unreadable(source, error) from error
    geometries: NDArray[np.object_] = np.asarray(frame.geometry.values)
    usable = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    frame = frame[usable].reset_index(drop=True)
    flat = shapely.force_2d(np.asarray(frame.geometry.values))
    flattened = gpd.GeoDataFrame(frame[list(fields)], geometry=flat, crs=_known(frame.crs))
    return flattened, int((~usable).sum())


def _known(crs: CRS | None) -> CRS | None:
    """None also for what a GeoPackage names where its layer has no CRS."""
    return None if crs is None or crs.name.startswith("Undefined ") else crs


def _spatial_layers(source: LabelSource) -> list[str]:
    """Names of the layers that carry geometry (QGIS keeps style tables in the same file)."""
    listed = pyogrio.list_layers(source.path)
    return [str(name) for name, geometry_type in listed if geometry_type is not None]


def _choose(source: LabelSource, names: list[str]) -> str:
    if not names:
        raise LabelError(
            f"{source.path} holds no layer with geometry; give a file of polygons, lines or points."
        )
    listing = ", ".join(names)
    if source.layer is None and len(names) > 1:
        raise LabelError(
            f"{source.path} holds several layers ({listing}); name one, as in "
            f"'{source.path}|layername={names[0]}'."
        )
    if source.layer is not None and source.layer not in names:
        raise LabelError(f"{source.path} has no layer '{source.layer}'; its layers are: {listing}.")
    return source.layer or names[0]


def _unreadable(source: LabelSource, error: Exception) -> LabelError:
    if isinstance(error, UnicodeDecodeError):
        return LabelError(
            f"{source.path} has text in another encoding than it says; choose the right one in "
            "QGIS, in the layer's properties under Source, and save the layer as a GeoPackage."
        )
    return LabelError(
        f"{source.path} cannot be read as a vector file; give a GeoPackage, Shapefile, GeoJSON "
        "or another format that QGIS opens as a vector layer."
    )
