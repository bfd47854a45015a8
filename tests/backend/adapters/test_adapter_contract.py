# SPDX-License-Identifier: GPL-3.0-or-later
"""What every method promises on every kind of backbone."""

import copy

import pytest
import torch
from kinds import BACKBONES, finished_maps, learn, make_backbone, make_network, wake

from weft.adapters.registry import ADAPTERS, find_adapter
from weft.backbones.frozen import as_is
from weft.errors import RequestError
from weft.network import Network

TRANSFORMERS_ONLY = {"weft-large", "cwsam"}
TRANSFORMERS = {"vit", "sam"}
PAIRS = [
    (spec.name, kind)
    for spec in ADAPTERS
    for kind in BACKBONES
    if kind in TRANSFORMERS or spec.name not in TRANSFORMERS_ONLY
] + [("weft:side=0", "vit"), ("weft:side=0", "resnet")]
MISFITS = [
    (name, kind)
    for name in sorted(TRANSFORMERS_ONLY)
    for kind in BACKBONES
    if kind not in TRANSFORMERS
]
each_pair = pytest.mark.parametrize(("adapter", "kind"), PAIRS)


@each_pair
def test_before_the_first_step_heads_see_the_frozen_network(adapter: str, kind: str) -> None:
    network = make_network(kind, adapter)
    image = torch.rand(2, 3, 64, 96)
    with torch.no_grad():
        maps = network.standardise(network.backbone(image, as_is))
        plain = [level.whole() for level in network.adapter.plain(maps)]
    for before, after in zip(plain, finished_maps(network, image), strict=True):
        torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)
    frozen = Network(make_backbone(kind), find_adapter("linear"), 3, 2).backbone
    for untouched, own in zip(frozen(image, as_is), network.backbone(image, as_is), strict=True):
        torch.testing.assert_close(own, untouched, atol=1e-5, rtol=1e-5)


@each_pair
def test_levels_have_the_promised_shapes(adapter: str, kind: str) -> None:
    network = wake(make_network(kind, adapter, bands=4))
    levels = finished_maps(network, torch.rand(2, 4, 64, 160))
    promised = zip(network.adapter.channels, network.adapter.strides, strict=True)
    assert [tuple(x.shape) for x in levels] == [(2, c, 64 // s, 160 // s) for c, s in promised]
    with torch.no_grad():
        assert network(torch.rand(1, 4, 96, 32)).shape == (1, 4, 96, 32)


@each_pair
def test_only_what_is_declared_learns(adapter: str, kind: str) -> None:
    network = make_network(kind, adapter)
    state = {name: value.clone() for name, value in network.state_dict().items()}
    learn(network, 3, network.votes)
    after = network.state_dict()
    moved = {name for name, value in state.items() if not torch.equal(after[name], value)}
    declared = {id(parameter) for parameter in network.trained_parameters()}
    others = [each for each in network.parameters() if id(each) not in declared]
    assert all(each.grad is None and not each.requires_grad for each in others)
    names = {name for name, each in network.named_parameters() if id(each) in declared}
    assert moved <= network.trained_state().keys()
    assert not {name for name in moved if name.startswith("standardise.")}
    buffers = {name for name, _ in network.backbone.named_buffers(prefix="backbone")}
    assert not moved & buffers, "statistics of the frozen network moved"
    foreign = {name for name in moved - names if name.startswith("backbone.")}
    assert not foreign, "frozen parameters moved"
    parts = {name.split(".")[0] for name in moved}
    assert "heads" in parts
    if adapter not in ("linear", "full"):
        assert "adapter" in parts
    if adapter == "full":
        assert "backbone" in parts


@each_pair
def test_features_are_cacheable_just_if_they_stay_the_same(adapter: str, kind: str) -> None:
    network = make_network(kind, adapter)
    image = torch.rand(1, 3, 64, 64)

    @torch.no_grad()
    def features() -> list[torch.Tensor]:
        stream = network.adapter.begin(image)
        return network.backbone(image, lambda i, x: network.adapter.inject(i, x, stream))

    before = features()
    wake(network)
    pairs = zip(before, features(), strict=True)
    assert network.adapter.cacheable == all(torch.equal(a, b) for a, b in pairs)


@each_pair
def test_downstream_steps_leave_alone_what_lies_upstream(adapter: str, kind: str) -> None:
    network = wake(make_network(kind, adapter))
    upstream = [parameter.detach().clone() for parameter in network.upstream_parameters()]
    image = torch.rand(1, 3, 64, 64)
    network.eval()
    for together, held in zip(network.votes(image), network.votes_downstream(image), strict=True):
        # attention is computed in another order without gradients, and woken heads are loud
        torch.testing.assert_close(together, held, atol=1e-3, rtol=1e-3)
    learn(network, 2, network.votes_downstream)
    for before, after in zip(upstream, network.upstream_parameters(), strict=True):
        assert torch.equal(before, after)


@pytest.mark.parametrize("adapter", ["upetu", "weft-large:norm=batch", "weft-large:drop=0.4"])
def test_in_downstream_steps_what_lies_upstream_neither_drops_nor_counts(adapter: str) -> None:
    network = wake(make_network("vit", adapter)).train()
    passed: list[list[torch.Tensor]] = []
    network.backbone.register_forward_hook(lambda *call: passed.append(call[2]))
    batches, image = counted(network), torch.rand(2, 3, 64, 64)
    for _ in range(2):
        network.votes_downstream(image)
    assert all(map(torch.equal, *passed))
    still = {name for name, count in counted(network).items() if count == batches[name]}
    ahead = {name for name in batches if not name.startswith(("last_enhancers", "outputs"))}
    assert still == ahead
    assert all(module.training for module in network.adapter.modules())


def counted(network: Network) -> dict[str, int]:
    """The batches that each batch normalisation of the adapter has seen."""
    norms = network.adapter.named_modules()
    return {
        name: int(norm.num_batches_tracked)
        for name, norm in norms
        if isinstance(norm, torch.nn.BatchNorm2d)
    }


@each_pair
@torch.no_grad()
def test_what_was_trained_can_be_put_into_a_fresh_network(adapter: str, kind: str) -> None:
    trained, fresh = wake(make_network(kind, adapter)), make_network(kind, adapter)
    image = torch.rand(1, 3, 64, 64)
    assert not torch.allclose(trained(image), fresh(image), atol=1e-3)
    fresh.load_trained(trained.trained_state())
    torch.testing.assert_close(trained(image), fresh(image), atol=1e-5, rtol=1e-4)


@each_pair
@torch.no_grad()
def test_a_tile_does_not_depend_on_the_rest_of_its_batch(adapter: str, kind: str) -> None:
    network = wake(make_network(kind, adapter))
    images = torch.rand(3, 3, 64, 64) * torch.tensor([0.2, 0.6, 1.0]).view(3, 1, 1, 1)
    together = network(images)
    alone = torch.cat([network(image[None]) for image in images])
    torch.testing.assert_close(together, alone, atol=1e-3, rtol=1e-3)


@each_pair
@torch.no_grad()
def test_a_copy_is_of_its_own(adapter: str, kind: str) -> None:
    network = make_network(kind, adapter)
    image = torch.rand(1, 3, 64, 64)
    before = network(image)
    other = wake(copy.deepcopy(network))
    assert not torch.allclose(other(image), before, atol=1e-3)
    assert torch.equal(network(image), before)


@each_pair
def test_equal_seeds_give_equal_networks(adapter: str, kind: str) -> None:
    states = []
    for _ in range(2):
        network = make_network(kind, adapter)
        learn(network, 2, network.votes)
        states.append(network.trained_state())
    assert all(torch.equal(states[0][name], value) for name, value in states[1].items())


@pytest.mark.parametrize(("adapter", "kind"), MISFITS)
def test_a_method_that_does_not_suit_a_backbone_says_so(adapter: str, kind: str) -> None:
    with pytest.raises(RequestError, match="choose another"):
        make_network(kind, adapter)
