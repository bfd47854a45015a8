# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step may touch and what not, and that everything trained really learns."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from weft.adapters.weft.experts import KERNELS
from weft.network import Network

NAMES = ["test_resnet", "test_convnext", "test_vit"]


def learn(network: Network, steps: int, after: Callable[[], None] = lambda: None) -> None:
    """Steps towards random masks, on images of many brightnesses and textures."""
    torch.manual_seed(2)
    optimiser = torch.optim.AdamW(network.trained_parameters(), lr=1e-2)
    network.train()
    for step in range(steps):
        grain = 2 ** (1 + step % 4)
        noise = torch.rand(4, network.adapter_bands, 64 // grain, 64 // grain)
        image = nn.functional.interpolate(noise, (64, 64)) * torch.rand(4, 1, 1, 1)
        logits = network(image)
        loss = nn.functional.cross_entropy(logits, (image.mean(1) > 0.3).long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        after()


@pytest.fixture
def make(make_network) -> Callable[..., Network]:
    def build(name: str, adapter: str = "weft") -> Network:
        network = make_network(name, adapter)
        network.adapter_bands = 3
        return network

    return build


@pytest.mark.parametrize("adapter", ["weft", "linear"])
@pytest.mark.parametrize("name", NAMES)
def test_training_changes_adapter_and_heads_alone(make, name: str, adapter: str) -> None:
    network = make(name, adapter)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    learn(network, 3)
    changed = {key for key, value in network.state_dict().items() if not value.equal(before[key])}
    assert any(key.startswith("heads.") for key in changed)
    assert any(key.startswith("adapter.") for key in changed) == (adapter == "weft")
    assert not {key for key in changed if key.startswith(("backbone.", "standardise."))}


def test_logits_are_the_mean_of_the_heads_votes(make) -> None:
    network = make("test_resnet")
    learn(network, 2)
    network.eval()
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        votes = network.votes(image)
        torch.testing.assert_close(network(image), sum(votes) / len(votes))
    assert len(votes) == 3
    assert not votes[0].allclose(votes[1])


@pytest.mark.parametrize("name", NAMES)
def test_the_backbone_stays_in_evaluation_mode_and_without_gradients(make, name: str) -> None:
    network = make(name)
    learn(network, 1)
    assert network.training
    assert not any(module.training for module in network.backbone.modules())
    assert all(p.grad is None and not p.requires_grad for p in network.backbone.parameters())
    assert {id(p) for p in network.trained_parameters()} == {
        id(p) for p in network.parameters() if p.requires_grad
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_trained_parameter_is_dead(make, name: str) -> None:
    """All get a gradient within eight steps, but for experts that the router never chose."""
    network = make(name)
    alive: set[str] = set()
    chosen: set[int] = set()
    router = network.adapter.extractor.mixture.router
    router.register_forward_hook(lambda *call: chosen.update(call[2].experts.tolist()))

    def look() -> None:
        for key, parameter in network.named_parameters():
            if parameter.grad is not None and parameter.grad.abs().max() > 0:
                alive.add(key)

    learn(network, 8, look)
    trained = {key for key, parameter in network.named_parameters() if parameter.requires_grad}
    idle = {index for index in range(len(KERNELS)) if index not in chosen}
    banks = ("mixture.spatial.convolutions", "mixture.spectral.convolutions", "mixture.mixers")
    excused = {key for key in trained for bank in banks for i in idle if f"{bank}.{i}." in key}
    assert sorted(trained - alive - excused) == []
    assert len(chosen) >= 4


def test_what_was_trained_can_be_put_into_a_fresh_network(awake, make) -> None:
    trained, fresh = awake("test_resnet"), make("test_resnet")
    image = torch.rand(1, 3, 64, 64)
    state = trained.trained_state()
    assert not any(key.startswith("backbone.") for key in state)
    fresh.load_trained(state)
    with torch.no_grad():
        assert torch.equal(trained(image), fresh(image))


@pytest.mark.parametrize("damage", ["missing", "surplus", "shape"])
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(make, damage: str) -> None:
    network = make("test_resnet")
    state = {key: value.clone() + 1 for key, value in network.trained_state().items()}
    key = "heads.0.classify.weight"
    if damage == "missing":
        del state[key]
    elif damage == "surplus":
        state["heads.more"] = torch.zeros(1)
    else:
        state[key] = state[key][:1]
    before = {k: v.clone() for k, v in network.state_dict().items()}
    with pytest.raises(KeyError):
        network.load_trained(state)
    assert all(v.equal(before[k]) for k, v in network.state_dict().items())
