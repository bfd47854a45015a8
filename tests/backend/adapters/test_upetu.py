# SPDX-License-Identifier: GPL-3.0-or-later
"""UPetu-style: the adapters' place and size, and what a model file keeps of them."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from kinds import finished_maps, learn, make_backbone, make_network, wake

from weft.adapters.contract import tap
from weft.adapters.registry import find_adapter
from weft.adapters.upetu.adapter import UpetuAdapter
from weft.adapters.upetu.q_linear import QLinear
from weft.backbones.registry import IMAGENET, build_timm
from weft.backbones.wrapping import wrap
from weft.bundle import ModelCard, ModelClass, TrainingFigures, read_bundle
from weft.errors import RequestError
from weft.model import save_model, split_states
from weft.network import Network

PUBLISHED_SHARE = 0.0073
CLASSIFIER = 1024 * 1000 + 1000 + 2 * 1024  # the head of 1000 classes and the norm before it


def adapter_of(network: Network) -> UpetuAdapter:
    assert isinstance(network.adapter, UpetuAdapter)
    return network.adapter


def quantised_weights(network: Network) -> int:
    layers = (each for each in network.modules() if isinstance(each, QLinear))
    return sum(layer.weight.numel() for layer in layers)


def save(path: Path, network: Network, bits: int) -> Path:
    figures = TrainingFigures(1.0, 2, 0, 0.5, None, 1, {"roof": 3}, ("town.tif",))
    classes = (ModelClass("roof", "#e41a1c"), ModelClass("ship", "#377eb8"))
    card = ModelCard(
        "test_convnext",
        "0" * 64,
        f"upetu:bits={bits}",
        (1, 2, 3),
        "uint8",
        (0.0,) * 3,
        (255.0,) * 3,
        0.5,
        classes,
        figures,
    )
    save_model(path, card, network)
    return path


def test_the_published_share_of_convnext_b_is_trained() -> None:
    with torch.device("meta"):
        backbone = wrap(build_timm("convnext_base"), *IMAGENET)
        adapter = find_adapter("upetu").build(tap(backbone, 3))
    adapters = sum(each.numel() for each in adapter.upstream())
    trained = sum(each.numel() for each in adapter.parameters())
    frozen = sum(each.numel() for each in backbone.parameters())
    assert adapters == 16 * 2 * (3 * 128 + 3 * 256 + 27 * 512 + 3 * 1024) + 36
    assert trained - adapters == 36 * (128 + 256 + 512 + 1024)
    assert trained / (frozen + CLASSIFIER) == pytest.approx(PUBLISHED_SHARE, abs=1e-5)
    assert trained / frozen == pytest.approx(PUBLISHED_SHARE, abs=2e-4)


def test_blocks_that_change_shape_have_no_adapter() -> None:
    backbone = make_backbone("resnet")
    taps = tap(backbone, 3)
    kept = sum(block.keeps_shape for block in taps.blocks)
    assert 0 < kept < len(taps.blocks)
    assert len(find_adapter("upetu").build(taps).eqams) == kept
    bare = find_adapter("upetu").build(replace(taps, blocks=()))
    assert bare.cacheable and len(bare.prompts) == len(taps.channels)


@pytest.mark.parametrize("kind", ["convnext", "vit"])
def test_every_part_learns(kind: str) -> None:
    network = make_network(kind, "upetu")
    before = [each.detach().clone() for each in network.adapter.parameters()]
    learn(network, 3, network.votes)
    after = list(network.adapter.parameters())
    assert not any(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_prompts_are_added_to_the_maps() -> None:
    network = make_network("convnext", "upetu")
    image = torch.rand(1, 3, 64, 96)
    before = finished_maps(network, image)
    with torch.no_grad():
        for number, prompt in enumerate(adapter_of(network).prompts):
            prompt.fill_(number + 1.0)
    for number, (a, b) in enumerate(zip(before, finished_maps(network, image), strict=True)):
        torch.testing.assert_close(b, a + number + 1)


def test_a_bit_more_costs_a_bit_a_weight(tmp_path: Path) -> None:
    sizes = {}
    for bits in (1, 2, 4, 8):
        network = make_network("convnext", f"upetu:bits={bits}")
        weights = quantised_weights(network)
        state = network.adapter.eqams.state_dict()
        matrices = sum(name.endswith("codes") for name in state)
        stored = sum(x.nbytes for name, x in state.items() if not name.endswith("scale"))
        assert bits * weights / 8 <= stored <= bits * weights / 8 + 16 * matrices
        sizes[bits] = save(tmp_path / f"{bits}.weft", network, bits).stat().st_size
    for bits in (2, 4, 8):
        grown = sizes[bits] - sizes[1]
        assert grown == pytest.approx((bits - 1) * weights / 8, abs=200)


def test_codes_stay_whole_numbers_in_a_model_file(tmp_path: Path) -> None:
    network = wake(make_network("convnext", "upetu:bits=3"))
    _, tensors = read_bundle(save(tmp_path / "model.weft", network, 3))
    read = split_states(tensors)[0]
    for name, value in network.trained_state().items():
        if name.endswith(("codes", "mean", "std")):
            assert read[name].dtype == value.dtype and torch.equal(read[name], value)
    fresh = make_network("convnext", "upetu:bits=3")
    fresh.load_trained(read)
    again = fresh.trained_state()
    for name in (name for name in read if name.endswith("codes")):
        assert torch.equal(again[name], read[name])


def test_a_state_of_other_bits_is_refused() -> None:
    state = make_network("convnext", "upetu:bits=2").trained_state()
    with pytest.raises(KeyError):
        make_network("convnext", "upetu:bits=4").load_trained(state)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("bits=0", "bits=1 to bits=8"),
        ("bits=9", "bits=1 to bits=8"),
        ("rank=0", "rank=1 to rank=1024"),
        ("dropout=1", "0 or more, below 1"),
        ("prompt=0", "give 1 to 64"),
    ],
)
def test_senseless_options_are_refused(option: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        find_adapter(f"upetu:{option}")
