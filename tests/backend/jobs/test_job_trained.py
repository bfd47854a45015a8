# SPDX-License-Identifier: GPL-3.0-or-later
"""When a run that was stopped takes the model that it had trained."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio.shutil

from weft.errors import ModelError
from weft.jobs.train_request import TrainRequest
from weft.jobs.trained import recall, remember
from weft.labels.source import LabelSource


@pytest.mark.parametrize("depth", [1, 3])
def test_another_image_in_a_mosaic_is_trained_on(
    write_raster: Callable[..., Path], tmp_path: Path, depth: int
) -> None:
    mosaic, memory = tmp_path / "mosaic1.vrt", tmp_path / "memory.json"
    rasterio.shutil.copy(write_raster("town.tif", np.ones((1, 8, 8), np.uint8)), mosaic, "VRT")
    for level in range(2, depth + 1):
        above = tmp_path / f"mosaic{level}.vrt"
        above.write_text((tmp_path / "mosaic1.vrt").read_text().replace("town.tif", mosaic.name))
        mosaic = above
    labels = LabelSource(tmp_path / "labels.gpkg")
    request = TrainRequest(images=(mosaic,), labels=labels, out=tmp_path / "town.weft")
    remember(request, memory)
    with pytest.raises(ModelError, match=r"town\.weft does not exist"):
        recall(request, memory)
    write_raster("town.tif", np.ones((1, 9, 9), np.uint8))
    assert recall(request, memory) is None
