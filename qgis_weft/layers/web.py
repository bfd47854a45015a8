# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a web layer as a raster of its own, written by QGIS's task manager."""

import math

from qgis.core import (
    QgsProject,
    QgsRasterFileWriter,
    QgsRasterFileWriterTask,
    QgsRasterPipe,
    QgsRasterProjector,
    QgsRectangle,
)

MOST_PIXELS = 20_000


def size_in_pixels(extent, pixel):
    """Columns and rows of `extent` at a pixel size in its units; ValueError when too many."""
    columns, rows = (max(1, math.ceil(side / pixel)) for side in (extent.width(), extent.height()))
    if max(columns, rows) > MOST_PIXELS:
        raise ValueError(columns, rows)
    return columns, rows


def save_task(layer, extent, crs, pixel, path):
    """A task that writes what `layer` shows in `extent` to a GeoTIFF with pixels of that size.

    `extent` and `pixel` are in units of `crs`. The extent grows by less than a pixel to the right
    and down, so that pixels are square. Its signals are `writeComplete` and `errorOccurred`.
    """
    columns, rows = size_in_pixels(extent, pixel)
    whole = QgsRectangle(
        extent.xMinimum(),
        extent.yMaximum() - rows * pixel,
        extent.xMinimum() + columns * pixel,
        extent.yMaximum(),
    )
    context = QgsProject.instance().transformContext()
    pipe = QgsRasterPipe()
    pipe.set(layer.dataProvider().clone())
    if layer.crs() != crs:
        projector = QgsRasterProjector()
        projector.setCrs(layer.crs(), crs, context)
        pipe.set(projector)
    writer = QgsRasterFileWriter(str(path))
    writer.setOutputFormat("GTiff")
    writer.setCreateOptions(["COMPRESS=DEFLATE", "TILED=YES", "BIGTIFF=IF_SAFER"])
    return QgsRasterFileWriterTask(writer, pipe, columns, rows, whole, crs, context)
