# SPDX-License-Identifier: GPL-3.0-or-later
"""What a raster layer is, and why it cannot be used where it cannot."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
)
from qgis.PyQt.QtCore import QLocale

from ..compat import is_raster
from ..translate import tr


@dataclass(frozen=True)
class ImageFacts:
    """A raster layer for the panel. `problem` is empty when the engine can use it."""

    id: str
    name: str
    path: str
    width: int = 0
    height: int = 0
    bands: int = 0
    dtype: str = ""
    gsd_m: Optional[float] = None
    crs: str = ""
    nodata: str = ""
    problem: str = ""
    remote: bool = False

    @property
    def summary(self):
        """Two lines for the panel."""
        gsd = tr("unknown resolution")
        if self.gsd_m:
            gsd = tr("{} m a pixel").format(QLocale().toString(self.gsd_m, "g", 3))
        bands = tr("1 band") if self.bands == 1 else tr("{} bands").format(self.bands)
        nodata = tr("nodata {}").format(self.nodata) if self.nodata else tr("no nodata value")
        return (
            f"{self.width} × {self.height} px, {bands}, {self.dtype}\n{gsd}, {self.crs}, {nodata}"
        )


def raster_layers():
    """All raster layers of the project, as they are in it."""
    return [layer for layer in QgsProject.instance().mapLayers().values() if is_raster(layer)]


def describe(layer):
    """The facts of a raster layer."""
    facts = {"id": layer.id(), "name": layer.name(), "path": ""}
    if not layer.isValid():
        return ImageFacts(**facts, problem=tr("The layer is broken; mend its data source first."))
    path = layer.source().split("|")[0]
    if layer.providerType() != "gdal" or not Path(path).is_file():
        return ImageFacts(
            **facts,
            remote=True,
            problem=tr(
                "The layer is no image file, as the engine needs; save this extent as a raster."
            ),
        )
    facts["path"] = path
    provider = layer.dataProvider()
    return ImageFacts(
        **facts,
        width=layer.width(),
        height=layer.height(),
        bands=layer.bandCount(),
        dtype=data_type(provider),
        gsd_m=ground_sampling(layer),
        crs=layer.crs().authid() or layer.crs().description(),
        nodata=f"{provider.sourceNoDataValue(1):g}" if provider.sourceHasNoDataValue(1) else "",
        problem=crs_problem(layer),
    )


def crs_problem(layer):
    """Why the engine, which knows the file alone, would see the image elsewhere than QGIS does."""
    own = layer.dataProvider().crs()
    if not own.isValid():
        return tr(
            "The image file has no CRS, so polygons of it would have no place; write the CRS into "
            "the file by Raster > Projections > Assign Projection…, and add the image anew."
        )
    centre = QgsGeometry.fromPointXY(layer.extent().center())
    try:
        moved = to_layer_crs(centre, own, layer).distance(centre)
    except QgsCsException:
        moved = math.inf
    # another name of the same ground does no harm
    if layer.crs().isValid() and moved < layer.rasterUnitsPerPixelX():
        return ""
    return tr(
        "The CRS of the layer is not that of its file, which is the one that counts; write the "
        "right one into the file by Raster > Projections > Assign Projection…, and add the image "
        "anew."
    )


def data_type(provider):
    """The type of the first band's values, as the field writes it."""
    name = getattr(provider.sourceDataType(1), "name", str(provider.sourceDataType(1)))
    known = {
        "Byte": "uint8",
        "Int8": "int8",
        "UInt16": "uint16",
        "Int16": "int16",
        "UInt32": "uint32",
        "Int32": "int32",
        "Float32": "float32",
        "Float64": "float64",
    }
    codes = dict(
        enumerate(("", "Byte", "UInt16", "Int16", "UInt32", "Int32", "Float32", "Float64"))
    )
    return known.get(codes.get(int(name), "") if name.isdigit() else name, name)


def ground_sampling(layer):
    """Metres a pixel on the ground at the layer's centre; None without a CRS."""
    if not layer.crs().isValid():
        return None
    centre = layer.extent().center()
    measure = QgsDistanceArea()
    measure.setSourceCrs(layer.crs(), QgsProject.instance().transformContext())
    measure.setEllipsoid(layer.crs().ellipsoidAcronym() or "WGS84")
    across = QgsPointXY(centre.x() + layer.rasterUnitsPerPixelX(), centre.y())
    along = QgsPointXY(centre.x(), centre.y() + layer.rasterUnitsPerPixelY())
    lengths = [measure.measureLine(centre, end) for end in (across, along)]
    gsd = math.sqrt(abs(lengths[0] * lengths[1]))
    return gsd if math.isfinite(gsd) and gsd > 0 else None


def to_layer_crs(geometry, crs, layer):
    """A copy of `geometry`, from `crs` to the layer's, by the project's own transformations."""
    moved = type(geometry)(geometry)
    if crs.isValid() and layer.crs().isValid() and crs != layer.crs():
        moved.transform(QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance()))
    return moved


def meets(layer, geometry, crs):
    """Whether `geometry`, in `crs`, and the layer's extent share ground."""
    try:
        moved = to_layer_crs(geometry, crs, layer)
    except QgsCsException:  # a view far beyond where the layer's CRS is defined
        return False
    return moved.intersects(QgsGeometry.fromRect(layer.extent()))


def crs_text(crs):
    """A CRS for the engine: WKT 2, which also custom ones have; None without one."""
    if not crs.isValid():
        return None
    variant = getattr(QgsCoordinateReferenceSystem, "WKT_PREFERRED", None)
    return crs.toWkt(variant) if variant is not None else crs.toWkt()
