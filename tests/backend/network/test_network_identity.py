# SPDX-License-Identifier: GPL-3.0-or-later
"""Before its first step an adapter is the frozen network: it never starts out worse."""

import pytest
import torch
from torch import Tensor

from weft.adapters.registry import find_adapter
from weft.backbones.frozen import as_is
from weft.heads.level import resize
from weft.network import MOST_DEVIATIONS, Network

NETWORKS = ["test_resnet", "test_convnext", "swin_tiny_patch4_window7_224", "vit_tiny_patch16_224"]


@torch.no_grad()
def finished_maps(network: Network, image: Tensor) -> list[Tensor]:
    stream = network.adapter.begin(image)
    maps = network.backbone(image, lambda stage, x: network.adapter.inject(stage, x, stream))
    levels = network.adapter.finish(network.standardise(maps), stream)
    return [level.whole() for level in levels]


@torch.no_grad()
def frozen_maps(network: Network, image: Tensor) -> list[Tensor]:
    return network.standardise(network.backbone(image, as_is))


@pytest.mark.parametrize("name", NETWORKS)
def test_weft_starts_as_the_frozen_network(make_network, name: str) -> None:
    network = make_network(name)
    image = torch.rand(2, 3, 64, 96)
    frozen, finished = frozen_maps(network, image), finished_maps(network, image)
    for stride, before, after in zip(network.adapter.strides, frozen, finished, strict=True):
        size = (64 // stride, 96 // stride)
        torch.testing.assert_close(after, resize(before, size), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_heads_that_learn_alone_see_what_they_will_see_with_the_adapter(
    make_network, name: str
) -> None:
    network = make_network(name).eval()
    image = torch.rand(2, 3, 64, 96)
    with torch.no_grad():
        probed = network.probe(network.frozen_maps(image), (64, 96))
        for alone, together in zip(probed, network.votes(image), strict=True):
            torch.testing.assert_close(alone, together, atol=1e-4, rtol=1e-4)


def test_weft_makes_a_pyramid_of_a_plain_transformer(make_network) -> None:
    network = make_network("vit_tiny_patch16_224")
    assert network.backbone.strides == (16, 16, 16, 16)
    assert network.adapter.strides == (4, 8, 16, 32)
    shapes = [x.shape[2:] for x in finished_maps(network, torch.rand(1, 3, 64, 64))]
    assert shapes == [(16, 16), (8, 8), (4, 4), (2, 2)]


def test_linear_leaves_the_maps_alone(make_network) -> None:
    network = make_network(adapter="linear")
    image = torch.rand(1, 3, 64, 64)
    for before, after in zip(
        frozen_maps(network, image), finished_maps(network, image), strict=True
    ):
        assert torch.equal(before, after)


@pytest.mark.parametrize("name", ["test_resnet", "test_convnext", "test_vit"])
def test_weft_leaves_the_frozen_network_once_its_gates_open(awake, name: str) -> None:
    network = awake(name)
    image = torch.rand(1, 3, 64, 64)
    sizes = [x.shape[2:] for x in finished_maps(network, image)]
    frozen = [resize(x, s) for x, s in zip(frozen_maps(network, image), sizes, strict=True)]
    for before, after in zip(frozen, finished_maps(network, image), strict=True):
        assert not torch.allclose(before, after, atol=1e-3)


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_injections_reach_the_maps_of_later_stages(make_network, name: str) -> None:
    network = make_network(name)
    with torch.no_grad():
        for injector in network.adapter.injectors.values():
            injector.gamma.fill_(1.0)
    image = torch.rand(1, 3, 64, 64)
    sizes = [x.shape[2:] for x in finished_maps(network, image)]
    frozen = [resize(x, s) for x, s in zip(frozen_maps(network, image), sizes, strict=True)]
    differs = [
        not torch.allclose(before, after, atol=1e-4)
        for before, after in zip(frozen, finished_maps(network, image), strict=True)
    ]
    first = min(int(stage) for stage in network.adapter.injectors)
    assert differs == [stage >= first for stage in range(len(differs))]


@pytest.mark.parametrize("bands", [1, 2, 4, 6])
@pytest.mark.parametrize("adapter", ["weft", "linear"])
def test_any_number_of_bands_gives_logits_of_the_image_size(
    make_network, adapter: str, bands: int
) -> None:
    network = make_network(adapter=adapter, bands=bands, classes=3)
    with torch.no_grad():
        assert network(torch.rand(2, bands, 32, 64)).shape == (2, 5, 32, 64)


def test_weft_sees_bands_that_the_frozen_network_cannot(awake) -> None:
    network = awake(bands=4)
    image = torch.rand(1, 4, 64, 64)
    other = image.clone()
    other[:, 3] = 1 - other[:, 3]
    with torch.no_grad():
        assert not torch.allclose(network(image), network(other), atol=1e-4)


def test_frozen_features_are_standardised_a_channel(make_backbone) -> None:
    network = Network(make_backbone("test_resnet"), find_adapter("linear"), 3, 1)
    images = torch.rand(4, 3, 64, 64)
    network.calibrate([images[:2], images[2:]])
    with torch.no_grad():
        raw = network.backbone(images, as_is)
    for before, bent in zip(raw, frozen_maps(network, images), strict=True):
        after = bent / (1 - bent.abs() / MOST_DEVIATIONS)
        lively = before.std((0, 2, 3)) > 2e-3  # others are as good as constant and stay small
        spread = after.std((0, 2, 3))
        assert lively.any()
        assert after.mean((0, 2, 3)).abs().max() < 1e-3
        assert spread.max() < 1.01
        torch.testing.assert_close(spread[lively], torch.ones(int(lively.sum())))


def test_ground_unlike_all_that_was_labelled_cannot_shout(make_backbone) -> None:
    network = Network(make_backbone("test_resnet"), find_adapter("linear"), 3, 1)
    network.calibrate([torch.rand(2, 3, 64, 64) * 0.01])
    largest = max(x.abs().max() for x in frozen_maps(network, torch.rand(2, 3, 64, 64)))
    assert 0.6 * MOST_DEVIATIONS < largest <= MOST_DEVIATIONS
