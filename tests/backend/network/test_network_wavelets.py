# SPDX-License-Identifier: GPL-3.0-or-later
"""The wavelet transform loses nothing, and its exportable form computes the same."""

import numpy as np
import pywt
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.adapters.wavelets import HaarTransform, PlainHaarTransform

SIZES = st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))


def random_map(size: tuple[int, int, int, int], seed: int) -> torch.Tensor:
    batch, channels, rows, columns = size
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, channels, 2 * rows, 2 * columns, generator=generator)


@settings(deadline=None, max_examples=30)
@given(SIZES, st.integers(0, 1000))
def test_both_forms_agree_and_reconstruct(size: tuple[int, int, int, int], seed: int) -> None:
    x, library, plain = random_map(size, seed), HaarTransform(), PlainHaarTransform()
    bands = library(x)
    assert bands.shape == (size[0], 4 * size[1], size[2], size[3])
    torch.testing.assert_close(plain(x), bands, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(library.inverse(bands), x, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(plain.inverse(bands), x, atol=1e-5, rtol=1e-5)


def test_the_inverses_agree_on_any_bands() -> None:
    bands = torch.randn(2, 12, 5, 7)
    torch.testing.assert_close(HaarTransform().inverse(bands), PlainHaarTransform().inverse(bands))


def test_the_first_band_of_each_channel_is_its_mean() -> None:
    x = torch.rand(1, 3, 8, 8)
    low = HaarTransform()(x)[:, ::4]
    torch.testing.assert_close(low / 2, torch.nn.functional.avg_pool2d(x, 2))


def test_bands_are_those_of_pywavelets() -> None:
    x = random_map((2, 3, 4, 5), seed=1)
    low, details = pywt.dwt2(x.numpy(), "haar", axes=(2, 3))
    expected = torch.from_numpy(np.stack([low, *details], axis=2)).flatten(1, 2)
    torch.testing.assert_close(HaarTransform()(x), expected, atol=1e-6, rtol=1e-5)


def test_mixed_precision_does_not_touch_the_transform() -> None:
    x, haar = torch.rand(1, 4, 16, 16), HaarTransform()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        bands = haar(x.bfloat16())
        again = haar.inverse(bands)
    assert bands.dtype == again.dtype == torch.float32
    torch.testing.assert_close(again, x.bfloat16().float(), atol=1e-5, rtol=1e-5)


def test_nothing_of_it_is_trained() -> None:
    assert not [p for p in HaarTransform().parameters() if p.requires_grad]
