# SPDX-License-Identifier: GPL-3.0-or-later
"""Small networks with random weights; nothing is downloaded."""

from collections.abc import Callable, Iterator

import pytest
import torch

from weft.adapters.registry import find_adapter
from weft.backbones.frozen import FrozenBackbone
from weft.backbones.registry import find_backbone
from weft.backbones.wrapping import wrap
from weft.network import Network

MakeNetwork = Callable[..., Network]
MakeBackbone = Callable[[str], FrozenBackbone]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are faster without threads, most of all on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def make_backbone() -> MakeBackbone:
    """The frozen network `name` with seeded random weights."""

    def make(name: str) -> FrozenBackbone:
        torch.manual_seed(0)
        spec = find_backbone(name)
        return wrap(spec.build(), spec.mean, spec.std)

    return make


@pytest.fixture
def make_network(make_backbone: MakeBackbone) -> MakeNetwork:
    """Backbone, adapter and head, calibrated on random images as a training would."""

    def make(
        name: str = "test_resnet", adapter: str = "weft", bands: int = 3, classes: int = 1
    ) -> Network:
        network = Network(make_backbone(name), find_adapter(adapter), bands, classes)
        network.calibrate([torch.rand(2, bands, 64, 64) for _ in range(2)])
        return network.eval()

    return make


@pytest.fixture
def awake(make_network: MakeNetwork) -> MakeNetwork:
    """A network whose zero-initialised gates have moved, so that every part has a say."""

    def make(*args: str, **options: int) -> Network:
        network = make_network(*args, **options)
        torch.manual_seed(1)
        with torch.no_grad():
            for parameter in network.adapter.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
        return network

    return make
