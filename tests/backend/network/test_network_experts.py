# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing: only the chosen experts cost anything, and the exportable form chooses alike."""

from collections import Counter

import pytest
import torch

from weft.adapters.exportable import exportable
from weft.adapters.weft.experts import KERNELS, DenseRouter, Router, WaveletMixture


@pytest.fixture
def mixture() -> WaveletMixture:
    torch.manual_seed(0)
    module = WaveletMixture(width=16, splits=2, chosen=4)
    torch.nn.init.normal_(module.router.score.weight)
    return module.eval()


def spread_out(batch: int) -> torch.Tensor:
    """Maps whose means differ, so that images get different experts."""
    torch.manual_seed(3)
    return torch.randn(batch, 16, 8, 8) + 2 * torch.randn(batch, 16, 1, 1)


def test_each_image_gets_four_experts_whose_weights_sum_to_one(mixture) -> None:
    routing = mixture.router(spread_out(5))
    assert Counter(routing.images.tolist()) == dict.fromkeys(range(5), 4)
    assert routing.experts.tolist() == sorted(routing.experts.tolist())
    assert routing.counts == [routing.experts.tolist().count(k) for k in range(len(KERNELS))]
    sums = torch.zeros(5).index_add(0, routing.images, routing.weights)
    torch.testing.assert_close(sums, torch.ones(5))


def test_only_chosen_experts_are_evaluated(mixture) -> None:
    seen: Counter[tuple[str, int]] = Counter()
    modules = {
        "spatial": mixture.spatial.convolutions,
        "spectral": mixture.spectral.convolutions,
        "mixer": mixture.mixers,
    }
    for kind, experts in modules.items():
        for index, expert in enumerate(experts):
            expert.register_forward_hook(
                lambda _, inputs, __, key=(kind, index): seen.update({key: len(inputs[0])})
            )
    x = spread_out(1)
    chosen = set(mixture.router(x).experts.tolist())
    with torch.no_grad():
        mixture(x)
    assert len(chosen) == 4
    assert {index for _, index in seen} == chosen
    assert all(seen["mixer", index] == 1 for index in chosen)
    assert all(seen["spatial", index] == seen["spectral", index] == 2 for index in chosen)


def test_the_dense_router_gives_the_same_result(mixture) -> None:
    x = spread_out(6)
    with torch.no_grad():
        expected = mixture(x)
        mixture.router = DenseRouter(mixture.router)
        torch.testing.assert_close(mixture(x), expected, atol=1e-5, rtol=1e-5)


def test_the_dense_router_weighs_the_others_with_nothing() -> None:
    torch.manual_seed(0)
    router, x = Router(16, 4), spread_out(3)
    sparse, dense = router(x), DenseRouter(router)(x)
    table = torch.zeros(3, len(KERNELS)).index_put((sparse.images, sparse.experts), sparse.weights)
    weights = torch.zeros(3, len(KERNELS)).index_put((dense.images, dense.experts), dense.weights)
    torch.testing.assert_close(table, weights)
    assert dense.counts == [3] * len(KERNELS)


def test_experts_differ(mixture) -> None:
    x = spread_out(1)
    results = []
    for expert in range(len(KERNELS)):
        with torch.no_grad():
            mixture.router.score.weight.zero_()
            mixture.router.score.bias.zero_()
            mixture.router.score.bias[expert] = 50.0
            results.append(mixture(x))
    for a in range(len(KERNELS)):
        for b in range(a):
            assert not torch.allclose(results[a], results[b], atol=1e-3)


def test_an_exportable_network_predicts_the_same(awake) -> None:
    network = awake("test_resnet")
    image = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        expected = network(image)
        plain = exportable(network)(image)
    torch.testing.assert_close(plain, expected, atol=1e-4, rtol=1e-4)
