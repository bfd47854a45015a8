# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option of `weft-large` brings back the behaviour of the released code that it names."""

import copy
import math

import pytest
import torch
from kinds import finished_maps, learn, make_network, wake
from torch import Tensor, nn

from weft.adapters.registry import find_adapter
from weft.adapters.weft.experts import KERNELS, DenseRouter, Router, TwiceRouter
from weft.adapters.weft.optimiser import GlobalOptimiser, SubspaceOptimiser
from weft.adapters.weft_large.options import AS_RELEASED, CHOICES, WeftLargeOptions
from weft.backbones.frozen import as_is
from weft.errors import RequestError
from weft.network import Network

RELEASED = (
    "weft-large:router=twice,experts=all,attention=global,edges=batch,peak=identity,norm=batch,"
    "output=norm,reads=no,drop=0.4,frozen_drop=0.4,checkpoint=yes"
)


def make(options: str = "", kind: str = "vit") -> Network:
    return make_network(kind, f"weft-large:{options}")


def tiles() -> Tensor:
    torch.manual_seed(4)
    return torch.rand(3, 3, 64, 64) * torch.tensor([0.2, 0.6, 1.0]).view(3, 1, 1, 1)


def kinds_in(network: Network) -> set[type]:
    return {type(module) for module in network.adapter.modules()}


@torch.no_grad()
def dependence_on_the_batch(network: Network) -> float:
    images = tiles()
    alone = torch.cat([network(image[None]) for image in images])
    return float((network(images) - alone).abs().max())


def test_the_text_of_the_released_options_gives_them() -> None:
    assert find_adapter(RELEASED).build.keywords["options"] == AS_RELEASED
    assert find_adapter("weft-large").build.keywords["options"] == WeftLargeOptions()


def test_frozen_maps_are_the_same_each_time_though_blocks_drop_in_training() -> None:
    network = make("frozen_drop=0.9").train()
    image = tiles()
    first = network.frozen_maps(image)
    assert all(map(torch.equal, first, network.frozen_maps(image)))
    network.calibrate([image])
    assert all(module.training for module in network.adapter.modules())
    statistics = network.standardise.state_dict()
    network.eval().calibrate([image])
    again = network.standardise.state_dict()
    assert all(torch.equal(value, again[key]) for key, value in statistics.items())
    assert not torch.equal(network.train().votes(image)[0], network.train().votes(image)[0])


@pytest.mark.parametrize("kind", ["vit", "sam"])
def test_as_released_it_learns_and_can_be_copied(kind: str) -> None:
    network = make(RELEASED.partition(":")[2], kind)
    before = {name: value.clone() for name, value in network.trained_state().items()}
    other = copy.deepcopy(network)
    # γ learns first, then what offsets and attention make of the query, then the query's norm
    learn(other, 3, other.votes)
    assert all(torch.equal(before[key], value) for key, value in network.trained_state().items())
    moved = other.trained_state()
    dead = {key for key, value in before.items() if torch.equal(moved[key], value)}
    learned = {name for name, each in network.named_parameters() if each.requires_grad}
    assert not dead & learned


@pytest.mark.parametrize(
    "option",
    [f"{name}=other" for name in CHOICES]
    + ["width=30", "splits=3", "chosen=8", "chosen=0", "heads=0", "extra=-1", "drop=1"],
)
def test_what_makes_no_sense_is_refused(option: str) -> None:
    with pytest.raises(RequestError, match=r"The adapter weft-large: .*\."):
        find_adapter(f"weft-large:{option}")


@torch.no_grad()
def test_after_two_softmaxes_no_expert_outweighs_another_by_more_than_e() -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 8, 4, 4)
    for kind, least, most in ((Router, math.e, 1e9), (TwiceRouter, 1.0, math.e)):
        router = kind(8, 4)
        linear = next(each for each in router.modules() if isinstance(each, nn.Linear))
        linear.bias[2] = 9.0
        weights = router(x).weights
        assert least < float(weights.max() / weights.min()) <= most
        assert float(weights.sum()) == pytest.approx(1)
    assert TwiceRouter in kinds_in(make("router=twice"))


@torch.no_grad()
def test_all_experts_give_what_the_chosen_give() -> None:
    chosen, every = make(), make("experts=all")
    assert DenseRouter in kinds_in(every)
    wake(chosen)
    every.load_trained(chosen.trained_state())
    image = tiles()[:1]
    torch.testing.assert_close(every(image), chosen(image), atol=1e-4, rtol=1e-4)
    seen = []
    for expert in every.adapter.extractor.pyramid.mixture.mixers:
        expert.register_forward_hook(lambda *_: seen.append(1))
    every(image)
    assert len(seen) == 4 * len(KERNELS)


@torch.no_grad()
def test_global_attention_is_the_published_formula_and_nearly_a_mean() -> None:
    torch.manual_seed(0)
    a, optimise = torch.randn(2, 32, 3, 5), GlobalOptimiser(4)
    tokens = a.flatten(2).transpose(1, 2)
    directions = tokens / tokens.norm(dim=2, keepdim=True)
    parts = []
    for h in range(4):
        part = directions[:, :, 8 * h : 8 * h + 8]
        weights = (part @ part.transpose(1, 2) / math.sqrt(8)).softmax(2)
        assert float(weights.max() / weights.min()) < math.exp(2 / math.sqrt(8))
        parts.append(weights @ tokens[:, :, 8 * h : 8 * h + 8])
    expected = torch.cat(parts, dim=2).transpose(1, 2).reshape(a.shape)
    torch.testing.assert_close(optimise.context(a), expected)
    assert GlobalOptimiser in kinds_in(make("attention=global"))
    assert SubspaceOptimiser in kinds_in(make())


def test_the_edge_mask_of_the_released_code_mixes_the_samples_of_a_batch() -> None:
    found = {}
    for edges in CHOICES["edges"]:
        network = wake(make(f"edges={edges}"))
        for injector in network.adapter.injectors:
            nn.init.ones_(injector.gamma)
        found[edges] = dependence_on_the_batch(network)
    assert found["sample"] < 1e-3
    assert found["batch"] > 1e-2


@torch.no_grad()
def test_the_stream_reads_the_frozen_maps_unless_told_not_to() -> None:
    for option, reads in (("reads=yes", True), ("reads=no", False)):
        adapter = wake(make(option)).adapter
        levels = []
        for seed in (0, 1):
            stream = adapter.begin(tiles())
            torch.manual_seed(seed)
            adapter.inject(1, torch.randn(3, 64, 4, 4), stream)
            levels.append(stream.levels)
        same = all(torch.equal(a, b) for a, b in zip(*levels, strict=True))
        assert same != reads


def test_batch_norm_is_there_only_when_asked_for() -> None:
    small, batch = make(), make("norm=batch")
    assert nn.BatchNorm2d not in kinds_in(small)
    assert nn.BatchNorm2d in kinds_in(batch)
    assert nn.GroupNorm not in kinds_in(batch)
    stream = batch.adapter.train().begin
    together, alone = stream(tiles()).finest[:1], stream(tiles()[:1]).finest
    assert not torch.allclose(together, alone, atol=1e-3)
    stream = small.adapter.train().begin
    together, alone = stream(tiles()).finest[:1], stream(tiles()[:1]).finest
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_without_gates_the_network_does_not_start_as_the_frozen_one() -> None:
    network, image = make("output=norm"), tiles()
    with torch.no_grad():
        maps = network.standardise(network.backbone(image, as_is))
        plain = network.adapter.plain(maps)
    for level, y in zip(plain, finished_maps(network, image), strict=True):
        assert not torch.allclose(level.whole(), y, atol=0.1)


@torch.no_grad()
def test_the_released_peak_is_the_identity() -> None:
    x = torch.rand(1, 4, 6, 6)
    peaks = [make(f"peak={name}").adapter.enhancers[0].peak(x) for name in CHOICES["peak"]]
    assert not torch.equal(peaks[0], x)
    assert torch.equal(peaks[1], x)


@torch.no_grad()
@pytest.mark.parametrize("option", ["drop=0.9", "frozen_drop=0.9"])
def test_paths_are_dropped_in_training_alone(option: str) -> None:
    network = wake(make(option)).eval()
    assert all(torch.equal(*pair) for pair in zip(*two_passes(network), strict=True))
    network.adapter.train()
    torch.manual_seed(0)
    assert not all(torch.equal(*pair) for pair in zip(*two_passes(network), strict=True))
    assert not any(module.training for module in network.backbone.modules())


def two_passes(network: Network) -> tuple[list[Tensor], list[Tensor]]:
    image = tiles()
    return finished_maps(network, image), finished_maps(network, image)


def test_checkpointing_computes_blocks_twice_and_the_same_gradients() -> None:
    gradients, passes = [], []
    for option in ("checkpoint=no", "checkpoint=yes"):
        network, calls = wake(make(option)), []
        norm = network.backbone.network.blocks[-1].norm1
        norm.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        network(tiles()).square().mean().backward()
        gradients.append([p.grad for p in network.upstream_parameters() if p.grad is not None])
        passes.append(len(calls))
    assert passes == [1, 2]
    for plain, again in zip(*gradients, strict=True):
        torch.testing.assert_close(plain, again, atol=1e-5, rtol=1e-3)
