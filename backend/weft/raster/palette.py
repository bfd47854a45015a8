# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour tables: indexes to red, green and blue."""

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from weft.errors import RasterError


def colour_table(dataset: DatasetReader) -> NDArray[np.uint8]:
    """Red, green, blue, alpha of every index that band 1 can hold, (2^8 or 2^16, 4).

    Indexes without an entry are transparent: they stand for no colour. RasterError where there is
    no table, or values are no indexes.
    """
    sizes = {"uint8": 2**8, "uint16": 2**16}
    size = sizes.get(dataset.dtypes[0])
    try:
        entries = dataset.colormap(1)
    except ValueError:  # rasterio's way to say that there is none
        entries = {}
    if size is None or not entries:
        raise RasterError(
            f"{dataset.name} says that its values stand for colours, but has no colours for them; "
            "save it as RGB, for example in QGIS under Raster > Conversion > PCT to RGB."
        )
    table = np.zeros((size, 4), np.uint8)
    for index, colour in entries.items():
        if index < size:
            table[index] = np.clip(colour, 0, 255)
    return table
