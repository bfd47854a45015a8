# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
from filters import FILTERS, MARGIN, SCALES, filter_bank


def test_every_band_gives_every_filter_at_every_scale() -> None:
    features = filter_bank(np.random.default_rng(0).random((2, 40, 50), np.float32))
    assert features.shape == (2 * len(SCALES) * FILTERS, 40, 50)
    assert features.dtype == np.float32


def test_the_margin_is_all_that_a_pixel_sees() -> None:
    side = 2 * MARGIN + 21
    pixels = np.random.default_rng(0).random((1, side, side), np.float32)
    window = pixels[:, 5:-5, 5:-5]
    inner = slice(MARGIN, -MARGIN)
    part = filter_bank(window)[:, inner, inner]
    np.testing.assert_allclose(filter_bank(pixels)[:, 5:-5, 5:-5][:, inner, inner], part, atol=1e-5)


def test_a_flat_image_has_no_edges() -> None:
    features = filter_bank(np.full((1, 32, 32), 0.5, np.float32)).reshape(len(SCALES), FILTERS, -1)
    np.testing.assert_allclose(features[:, 0], 0.5, atol=1e-6)
    np.testing.assert_allclose(features[:, [1, 3, 4]], 0, atol=1e-6)
