# SPDX-License-Identifier: GPL-3.0-or-later
"""The quantiser is the best for normal weights, and quantised weights survive being saved."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from weft.adapters.upetu.latent import cells, standard_weights
from weft.adapters.upetu.q_linear import QLinear
from weft.adapters.upetu.quantise import gaussian_levels, pack, thresholds, unpack

all_bits = pytest.mark.parametrize("bits", range(1, 9))


def error_of(levels: NDArray[np.float64]) -> float:
    """E|x − Q(x)| of x ~ N(0, 1), each x going to the nearest level, by exact integrals."""
    levels = np.sort(levels)
    edges = np.concatenate([[-np.inf], (levels[:-1] + levels[1:]) / 2, [np.inf]])
    below, above = norm.cdf(edges)[:-1], norm.cdf(edges)[1:]
    heights = 2 * norm.pdf(levels) - norm.pdf(edges)[:-1] - norm.pdf(edges)[1:]
    return float((levels * (2 * norm.cdf(levels) - below - above) + heights).sum())


def test_the_error_is_that_of_a_sum_over_many_numbers() -> None:
    x, levels = np.linspace(-8, 8, 100_001), np.array([-1.0, 0.2, 1.5])
    apart = np.abs(x[:, None] - levels).min(1)
    assert error_of(levels) == pytest.approx((apart * norm.pdf(x)).sum() * (x[1] - x[0]), abs=1e-7)


@pytest.mark.parametrize("bits", range(1, 5))
def test_levels_are_those_that_a_general_optimiser_finds(bits: int) -> None:
    found = minimize(error_of, np.linspace(-2, 2, 2**bits), options={"gtol": 1e-7})
    levels = np.array(gaussian_levels(bits))
    np.testing.assert_allclose(levels, np.sort(found.x), atol=1e-4)
    assert error_of(levels) <= found.fun


@all_bits
def test_no_other_levels_are_better(bits: int) -> None:
    levels = np.array(gaussian_levels(bits))
    assert (np.diff(levels) > 0).all() and (levels == -levels[::-1]).all()
    least, random = error_of(levels), np.random.default_rng(0)
    for _ in range(10):
        assert error_of(levels + 0.002 * random.standard_normal(len(levels))) > least


def test_one_bit_is_two_thirds_of_the_deviation() -> None:
    assert gaussian_levels(1) == pytest.approx((-0.67449, 0.67449), abs=1e-5)
    layer = QLinear(32, 8, 1)
    with torch.no_grad():
        std, mean = torch.std_mean(layer.weight, correction=0)
        expected = mean + 0.67449 * std * (layer.weight - mean).sign()
        torch.testing.assert_close(layer.quantised(), expected, atol=1e-5, rtol=1e-4)


@given(bits=st.integers(1, 8), count=st.integers(1, 100), seed=st.integers(0, 99))
def test_packed_codes_come_back(bits: int, count: int, seed: int) -> None:
    codes = torch.randint(0, 2**bits, (count,), generator=torch.Generator().manual_seed(seed))
    packed = pack(codes, bits)
    assert packed.dtype == torch.uint8 and packed.shape == (bits, -(-count // 8))
    assert torch.equal(unpack(packed, count), codes)


@settings(max_examples=80, deadline=None)
@example(bits=1, inputs=21, outputs=8, seed=1232, skew=2.0, scale=10.0)
@given(
    bits=st.integers(1, 8),
    inputs=st.integers(2, 24),
    outputs=st.integers(4, 24),
    seed=st.integers(0, 10_000),
    skew=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    scale=st.sampled_from([1e-4, 1e-3, 0.1, 10.0]),
)
def test_saved_weights_come_back(
    bits: int, inputs: int, outputs: int, seed: int, skew: float, scale: float
) -> None:
    torch.manual_seed(seed)
    trained, loaded = QLinear(inputs, outputs, bits), QLinear(inputs, outputs, bits)
    with torch.no_grad():
        noise = torch.randn(outputs, inputs)
        trained.weight.copy_(scale * (torch.exp(skew * noise) if skew else noise))
    state = trained.state_dict()
    loaded.load_state_dict(state)
    assert torch.equal(loaded.state_dict()["codes"], state["codes"])
    x = torch.randn(3, inputs) / scale
    largest = float(trained.quantised().abs().max() * x.norm())
    torch.testing.assert_close(loaded(x), trained(x), atol=1e-5 * largest, rtol=1e-5)


@all_bits
def test_latent_weights_fit_where_the_levels_do_not(bits: int) -> None:
    """One weight of 64 lies so far out that the others' levels must give way."""
    levels = torch.tensor(gaussian_levels(bits), dtype=torch.float64)
    weights = torch.cat([torch.linspace(-1, 1, 63), torch.tensor([12.0])]).double()
    weights = (weights - weights.mean()) / weights.std(correction=0)
    codes = torch.bucketize(weights, thresholds(levels))
    found = standard_weights(codes, levels, 1.0)
    low, high = cells(levels, 16.0)
    assert bool(((low[codes] <= found) & (found <= high[codes])).all())
    assert float(found.mean()) == pytest.approx(0, abs=1e-9)
    assert float(found.std(correction=0)) == pytest.approx(1, abs=1e-9)


def test_gradients_pass_the_quantiser_as_if_it_were_not_there() -> None:
    """With c = Q(ŵ) − ŵ held, w̃ = w + σ c, and dσ/dw = (w − μ) / (n σ)."""
    torch.manual_seed(0)
    layer, upon = QLinear(6, 5, 2), torch.randn(5, 6)
    (layer.quantised() * upon).sum().backward()
    weight = layer.weight.detach()
    std, mean = torch.std_mean(weight, correction=0)
    standard = (weight - mean) / std
    held = (layer.quantised().detach() - mean) / std - standard
    expected = upon + (upon * held).sum() * standard / weight.numel()
    assert layer.weight.grad is not None
    torch.testing.assert_close(layer.weight.grad, expected, atol=1e-3, rtol=1e-3)


@all_bits
def test_a_layer_for_exporters_computes_the_same(bits: int) -> None:
    layer = QLinear(8, 6, bits)
    x = torch.randn(2, 3, 8)
    torch.testing.assert_close(layer.plain()(x), layer(x))
