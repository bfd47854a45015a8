# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images are resampled for a model, and what is told of those unlike its own."""

from pathlib import Path

import numpy as np
import pytest
from small_networks import card, write_image

from weft.model import check_image, image_scale
from weft.raster import inspect

CARD = card("test_resnet", "linear")  # of 0.5 m and bytes


def image(folder: Path, dtype: str = "uint8", **change: object) -> Path:
    return write_image(folder / "town.tif", np.ones((3, 8, 8), dtype), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gsd", "scale"), [(0.5, 1), (0.58, 1), (0.62, 1.24), (0.43, 1), (0.4, 0.8), (3.0, 6)]
)
def test_only_what_is_more_than_a_fifth_off_is_resampled(
    tmp_path: Path, gsd: float, scale: float
) -> None:
    info = inspect(image(tmp_path, gsd=gsd))
    assert image_scale(CARD, info) == pytest.approx(scale, rel=1e-3)
    assert check_image(CARD, info) == []


def test_another_type_and_an_unknown_resolution_are_told(tmp_path: Path) -> None:
    info = inspect(image(tmp_path, "uint16", crs=None))
    assert image_scale(CARD, info) == 1
    kind, resolution = check_image(CARD, info)
    assert kind.startswith("town.tif is uint16, but the model was trained on uint8;")
    assert "taken to be the 0.5 m of the model" in resolution
