# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of other tones than those that were labelled are seen half way to theirs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.grid import Window
from weft.raster import RasterReader, Stretch, inspect
from weft.raster.tone import LEAST_DEVIATION, MOST_GAIN, SHARE, stretch_of, tone_of
from weft.tone import Tone, middle

SIDE = 100
BYTES = Stretch((0.0,) * 3, (250.0,) * 3)
RGB = (1, 2, 3)


def ground(mean: float, deviation: float) -> np.ndarray:
    pixels = np.random.default_rng(0).normal(mean, deviation, (3, SIDE, SIDE))
    return pixels.round().clip(1, 250).astype(np.uint8)


def seen(path: Path, stretch: Stretch) -> np.ndarray:
    with RasterReader(path, RGB, stretch) as reader:
        return reader.read(Window(0, 0, SIDE, SIDE), (SIDE, SIDE)).pixels


def test_the_tone_is_that_of_stretched_valid_pixels(make_raster) -> None:
    pixels = ground(100, 20)
    pixels[:, :30] = 0
    tone = tone_of(inspect(make_raster(pixels, nodata=0)), RGB, BYTES)
    assert tone is not None
    assert tone.mean == pytest.approx((0.4,) * 3, abs=0.005)
    assert tone.deviation == pytest.approx((0.08,) * 3, abs=0.005)


def test_an_image_is_seen_half_way_to_the_common_tone(make_raster) -> None:
    dark, pale = make_raster(ground(75, 20), "dark.tif"), make_raster(ground(175, 10), "pale.tif")
    common = tone_of(inspect(dark), RGB, BYTES)
    assert common is not None
    before, after = seen(pale, BYTES), seen(pale, stretch_of(inspect(pale), RGB, BYTES, common))
    assert before.mean() == pytest.approx(0.7, abs=0.005)
    assert after.mean() == pytest.approx(0.7 + SHARE * (0.3 - 0.7), abs=0.005)
    assert after.std() == pytest.approx(0.04 + SHARE * (0.08 - 0.04), abs=0.005)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.999


def test_what_was_labelled_alone_stays_as_it_is(make_raster) -> None:
    info = inspect(make_raster(ground(75, 20)))
    assert stretch_of(info, RGB, BYTES, tone_of(info, RGB, BYTES)) is BYTES
    assert stretch_of(info, RGB, BYTES, None) is BYTES


def test_flat_water_is_not_made_noise(make_raster) -> None:
    path = make_raster(ground(20, 0.5))
    info = inspect(path)
    tone = tone_of(info, RGB, BYTES)
    assert tone is not None and tone.deviation == (LEAST_DEVIATION,) * 3
    town = Tone((0.5,) * 3, (0.25,) * 3)
    after = seen(path, stretch_of(info, RGB, BYTES, town))
    assert after.std() == pytest.approx(MOST_GAIN * seen(path, BYTES).std(), rel=0.01)
    assert after.mean() == pytest.approx((tone.mean[0] + 0.5) / 2, abs=0.005)


def test_a_damaged_image_or_an_empty_band_has_no_tone(make_raster) -> None:
    pixels = ground(75, 20)
    pixels[1] = 0
    empty = inspect(make_raster(pixels.astype(np.float32), "empty.tif", nodata=0))
    assert tone_of(empty, RGB, BYTES) is None
    path = make_raster(ground(75, 20), "cut.tif", compress="deflate")
    info = inspect(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert tone_of(info, RGB, BYTES) is None
    assert stretch_of(info, RGB, BYTES, Tone((0.1,) * 3, (0.1,) * 3)) is BYTES


unit = st.floats(0.05, 0.95)
spread = st.floats(LEAST_DEVIATION, 0.5)


@given(st.floats(-1e4, 1e4), st.floats(1e-2, 1e4), unit, spread, unit, spread, unit)
def test_a_retoned_stretch_moves_mean_and_deviation(
    low: float, span: float, mean: float, deviation: float, aim: float, width: float, value: float
) -> None:
    own, wanted = Tone((mean,), (deviation,)), Tone((aim,), (width,))
    stretch = Stretch((low,), (low + span,)).retoned(own, wanted)
    raw = np.array([[[low + span * value]]])
    expected = np.clip((value - mean) * width / deviation + aim, 0, 1)
    assert stretch.apply(raw)[0, 0, 0] == pytest.approx(expected, abs=1e-4)


def test_the_middle_of_tones() -> None:
    tones = [Tone((0.2, 0.4), (0.1, 0.2)), Tone((0.4, 0.6), (0.3, 0.2))]
    assert middle(tones).mean == pytest.approx((0.3, 0.5))
    assert middle(tones).deviation == pytest.approx((0.2, 0.2))
    assert tones[0].towards(tones[1], 0.25).mean == pytest.approx((0.25, 0.45))
