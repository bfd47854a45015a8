# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels with their classes, and areas that were labelled completely."""

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from weft.errors import LabelError
from weft.labels.layer import Layer, find_layer, read_layer
from weft.labels.source import LabelSource

BACKGROUND = "background"
DEFAULT_FIELD = "class"
ONLY_CLASS = "object"
MOST_CLASSES = 254  # a uint8 class raster keeps 0 for background and 255 for nodata


@dataclass(frozen=True)
class Labels:
    """Labelled features.

    `frame` has the columns geometry and class, in the order of the file and in its CRS; `classes`
    are sorted and exclude "background". `skipped` features had no geometry or no class, `mended`
    ones were invalid, `thin` ones are lines or points, to be buffered when they are burnt.
    """

    frame: gpd.GeoDataFrame
    classes: tuple[str, ...]
    skipped: int = 0
    mended: int = 0
    thin: int = 0


def read_labels(source: LabelSource, class_field: str = DEFAULT_FIELD) -> Labels:
    """Read and mend the labels of `source`; whole numbers become their decimal text."""
    layer = find_layer(source)
    field = choose_field(layer, class_field)
    rows, without_geometry = read_layer(layer, (field,) if field else ())
    names = class_names(rows[field]) if field else pd.Series(ONLY_CLASS, index=rows.index)
    geometries, mended = _mend(np.asarray(rows.geometry.values))
    usable = names.notna().to_numpy() & ~shapely.is_empty(geometries)
    frame = gpd.GeoDataFrame(
        {"class": names.to_numpy(dtype=object)[usable]}, geometry=geometries[usable], crs=rows.crs
    )
    if frame.empty:
        raise LabelError(
            f"{source} has no label with a geometry and a class; draw labels and save the layer."
        )
    classes = tuple(sorted(set(frame["class"]) - {BACKGROUND}))
    _check_count(source, field, classes)
    thin = int((shapely.get_dimensions(frame.geometry.values) < 2).sum())
    skipped = without_geometry + int((~usable).sum())
    return Labels(frame, classes, skipped, mended, thin)


def read_areas(source: LabelSource) -> gpd.GeoSeries:
    """The polygons inside which everything is labelled, valid, in the CRS of the file."""
    rows, _ = read_layer(find_layer(source))
    geometries, _ = _mend(np.asarray(rows.geometry.values))
    polygons = geometries[(shapely.get_dimensions(geometries) == 2) & ~shapely.is_empty(geometries)]
    if not len(polygons):
        raise LabelError(
            f"{source} has no polygons to use as areas; draw around what is labelled completely."
        )
    return gpd.GeoSeries(polygons, crs=rows.crs)


def choose_field(layer: Layer, class_field: str) -> str | None:
    """The field to read classes from; None where the layer has no field at all and none was asked.

    Raises `LabelError` with the fields there are.
    """
    if class_field in layer.fields:
        return class_field
    path = layer.source.path
    if not layer.fields and path.suffix.lower() == ".shp":
        raise LabelError(
            f"{path} comes without its fields; copy all files of the Shapefile, the .dbf too."
        )
    if not layer.fields and class_field == DEFAULT_FIELD:
        return None
    offer = f"its fields are: {', '.join(layer.fields)}" if layer.fields else "it has no fields"
    raise LabelError(
        f"{layer.source} has no field '{class_field}'; {offer}; name the one that holds the class."
    )


def class_names(values: pd.Series) -> pd.Series:
    """Classes as text, None where a row has none."""
    return pd.Series([_name(value) for value in values], index=values.index, dtype=object)


def _name(value: object) -> str | None:
    # whole numbers beside nulls are read as floats, and 1.0 must be the class "1" all the same
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            return None
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, np.ndarray):  # GeoJSON may hold several values in one field
        return ", ".join(map(str, value)) or None
    if pd.isna(value):
        return None
    return str(value).strip() or None


def _mend(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], int]:
    """Make every geometry valid; an invalid polygon with no area left comes back empty."""
    invalid = ~shapely.is_valid(geometries)
    mended = geometries.copy()
    mended[invalid] = shapely.make_valid(
        geometries[invalid], method="structure", keep_collapsed=False
    )
    return mended, int(invalid.sum())


def _check_count(source: LabelSource, field: str | None, classes: tuple[str, ...]) -> None:
    if len(classes) > MOST_CLASSES:
        raise LabelError(
            f"{source} has {len(classes)} classes in its field '{field}', more than "
            f"{MOST_CLASSES}; name the field that holds the class."
        )
