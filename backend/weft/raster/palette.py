# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour tables: indexes to red, green and blue."""

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader


def colour_table(dataset: DatasetReader) -> NDArray[np.uint8]:
    """Red, green, blue, alpha of every index that band 1 can hold, (2^8 or 2^16, 4).

    Indexes without an entry are transparent: they stand for no colour.
    """
    table = np.zeros((1 << (8 * np.dtype(dataset.dtypes[0]).itemsize), 4), np.uint8)
    entries = dataset.colormap(1)
    table[list(entries)] = list(entries.values())
    return table
