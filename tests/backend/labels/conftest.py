# SPDX-License-Identifier: GPL-3.0-or-later
"""Small real vector files for the tests of the label room."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

WriteLayer = Callable[..., Path]


@pytest.fixture
def write_layer(tmp_path: Path) -> WriteLayer:
    """Writes geometries with fields to a vector file named `name`, by default in UTM 33."""

    def write(
        geometries: Sequence[Any],
        name: str = "labels.gpkg",
        crs: str | None = "EPSG:32633",
        layer: str | None = None,
        **fields: Sequence[Any],
    ) -> Path:
        path = tmp_path / name
        frame = gpd.GeoDataFrame(fields, geometry=list(geometries), crs=crs)
        frame.to_file(path, layer=layer, index=False)
        return path

    return write
