# SPDX-License-Identifier: GPL-3.0-or-later
"""The stretch fits what is valid, in any type, and never divides by zero."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.windows import Window as Box

from weft.errors import RasterError
from weft.grid import Grid
from weft.raster import RasterInfo, Stretch, fit_stretch, inspect
from weft.raster.sampling import MOST_DECODED, sample_boxes


def ramp(dtype: type, low: float, high: float) -> np.ndarray:
    return np.linspace(low, high, 10_000).reshape(1, 100, 100).astype(dtype)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        (np.uint8, 0, 200),
        (np.uint16, 300, 9000),
        (np.int16, -2000, 2000),
        (np.int32, 1_000_000_000, 1_000_010_000),
        (np.uint32, 0, 4_000_000_000),
        (np.int64, -10_000, 10_000),
        (np.float32, -0.25, 0.5),
        (np.float64, 1e9, 1e9 + 1),
    ],
)
def test_percentiles_of_any_type(make_raster, dtype: type, low: float, high: float) -> None:
    stretch = fit_stretch([inspect(make_raster(ramp(dtype, low, high)))], (1,))
    span = high - low
    assert stretch.low[0] == pytest.approx(low + 0.01 * span, abs=0.01 * span)
    assert stretch.high[0] == pytest.approx(high - 0.01 * span, abs=0.01 * span)


def test_nodata_nan_and_infinity_do_not_count(make_raster) -> None:
    array = ramp(np.float32, 1, 2)
    array[0, :30] = -9999
    array[0, 30:40] = np.nan
    array[0, 40] = np.inf
    stretch = fit_stretch([inspect(make_raster(array, nodata=-9999))], (1,), (0, 100))
    assert 1.4 < stretch.low[0] < stretch.high[0] == 2


def test_nodata_of_one_band_in_a_valid_pixel_does_not_count(make_raster) -> None:
    array = np.full((2, 10, 10), 50, np.int16)
    array[1, :9] = -9999
    stretch = fit_stretch([inspect(make_raster(array, nodata=-9999))], (1, 2))
    assert stretch.low == (50, 50)


def test_all_images_count_together(make_raster) -> None:
    dark = make_raster(ramp(np.uint8, 0, 50), "dark.tif")
    light = make_raster(ramp(np.uint8, 200, 250), "light.tif")
    stretch = fit_stretch([inspect(dark), inspect(light)], (1,))
    assert stretch.low[0] < 5 and stretch.high[0] > 245


@pytest.mark.parametrize("value", [0, 7, 255])
def test_a_constant_image_still_has_a_span(make_raster, value: int) -> None:
    array = np.full((1, 10, 10), value, np.uint8)
    stretch = fit_stretch([inspect(make_raster(array))], (1,))
    assert stretch.low[0] < stretch.high[0]


def test_rare_bright_pixels_alone_widen_a_flat_image(make_raster) -> None:
    array = np.zeros((1, 100, 100), np.uint8)
    array[0, 5, 5] = 90
    assert fit_stretch([inspect(make_raster(array))], (1,)) == Stretch((0,), (90,))


def test_nothing_valid_is_an_error(make_raster) -> None:
    path = make_raster(np.full((1, 10, 10), np.nan, np.float32))
    with pytest.raises(RasterError, match="no valid pixels"):
        fit_stretch([inspect(path)], (1,))


def test_a_large_image_is_sampled_and_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    profile = {"width": 20_000, "height": 20_000, "count": 1, "dtype": "uint8", "sparse_ok": True}
    tiles = {"tiled": True, "blockxsize": 512, "blockysize": 512}
    with rasterio.open(path, "w", driver="GTiff", **profile, **tiles) as dataset:
        dataset.write(np.full((512, 512), 9, np.uint8), 1, window=Box(0, 0, 512, 512))
    info = inspect(path)
    boxes = sample_boxes(info, 2**20)
    assert sum(box.width * box.height for box, _ in boxes) <= MOST_DECODED
    assert fit_stretch([info], (1,)).low == (0,)


@given(
    st.integers(1, 60_000),
    st.integers(1, 60_000),
    st.sampled_from([(512, 512), (1, None), (7, None), (128, 128), (None, None)]),
)
def test_samples_lie_inside_and_stay_within_their_budget(
    height: int, width: int, block: tuple[int | None, int | None]
) -> None:
    grid = Grid(None, Affine.identity(), width, height)
    shape = (min(block[0] or height, height), min(block[1] or width, width))
    info = RasterInfo(Path("x"), grid, 1, "uint8", (None,), shape, ("gray",), False, (), "GTiff")
    boxes = sample_boxes(info, 2**16)
    assert boxes
    for box, (rows, columns) in boxes:
        assert box.row_off + box.height <= height and box.col_off + box.width <= width
        assert 1 <= rows <= box.height and 1 <= columns <= box.width
    assert sum(rows * columns for _, (rows, columns) in boxes) <= 2**16
