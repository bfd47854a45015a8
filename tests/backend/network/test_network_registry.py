# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of backbones and adapters, and which networks of timm's can serve."""

import pytest
import torch

from weft import device
from weft.adapters.registry import ADAPTERS, DEFAULT_ADAPTER, find_adapter
from weft.backbones.frozen import MapBackbone, SealedBackbone, TokenBackbone, takes_any_tile
from weft.backbones.registry import DEFAULT_BACKBONE, DESCRIBED, find_backbone
from weft.device import choose_device
from weft.errors import ModelError, RequestError


def test_an_unknown_adapter_lists_all() -> None:
    with pytest.raises(RequestError, match=r"'wefd'.* or ") as refusal:
        find_adapter("wefd")
    assert all(spec.name in str(refusal.value) for spec in ADAPTERS)
    assert DEFAULT_ADAPTER in {spec.name for spec in ADAPTERS}


def test_an_unknown_backbone_lists_the_described() -> None:
    with pytest.raises(ModelError, match=DEFAULT_BACKBONE) as refusal:
        find_backbone("resnet-eighteen")
    assert all(spec.name in str(refusal.value) for spec in DESCRIBED)


@pytest.mark.parametrize("name", ["resnet18.no_such_weights", "test_vit.", "hf-hub:timm/resnet18"])
def test_a_tag_that_timm_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(ModelError):
        find_backbone(name)


def test_the_default_is_small_enough_to_ship() -> None:
    network = find_backbone(DEFAULT_BACKBONE).build()
    assert 2 * sum(p.numel() for p in network.parameters()) < 12e6


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("test_resnet", MapBackbone),
        ("test_convnext", MapBackbone),
        ("swin_tiny_patch4_window7_224", MapBackbone),
        ("test_vit", TokenBackbone),
        ("eva02_tiny_patch14_224", TokenBackbone),
        ("vit_small_patch16_rope_mixed_224", TokenBackbone),
        ("test_efficientnet", SealedBackbone),
    ],
)
def test_networks_of_all_kinds_take_tiles_of_any_shape(
    make_backbone, name: str, kind: type
) -> None:
    backbone = make_backbone(name)
    assert type(backbone) is kind
    assert takes_any_tile(backbone)


def test_a_network_for_one_image_size_is_known_as_such(make_backbone) -> None:
    assert not takes_any_tile(make_backbone("deit3_small_patch16_224"))


@pytest.mark.parametrize("name", ["test_vit", "vit_small_patch16_rope_mixed_224"])
def test_a_transformer_cut_into_stages_computes_the_same(make_backbone, name: str) -> None:
    backbone = make_backbone(name)
    image = torch.rand(1, 3, 224, 224) if "224" in name else torch.rand(1, 3, 160, 160)
    with torch.no_grad():
        last = backbone(image, lambda stage, x: x)[-1]
        tokens = backbone.network.forward_features((image - backbone.mean) / backbone.std)
    tokens = tokens[:, backbone.network.num_prefix_tokens :]
    torch.testing.assert_close(last.flatten(2).transpose(1, 2), tokens, atol=1e-4, rtol=1e-4)


def test_one_and_two_bands_fill_the_three_that_a_network_knows(make_backbone) -> None:
    backbone = make_backbone("test_resnet")
    image = torch.rand(1, 5, 8, 8)
    grey = backbone.as_rgb(image[:, :1]) * backbone.std + backbone.mean
    pair = backbone.as_rgb(image[:, :2]) * backbone.std + backbone.mean
    many = backbone.as_rgb(image) * backbone.std + backbone.mean
    torch.testing.assert_close(grey, image[:, [0, 0, 0]])
    torch.testing.assert_close(pair, image[:, [0, 1, 1]])
    torch.testing.assert_close(many, image[:, :3])


def test_the_cpu_can_always_be_chosen() -> None:
    chosen = choose_device("cpu")
    assert chosen.torch.type == "cpu"
    assert chosen.precision in (torch.float32, torch.bfloat16)
    with chosen.autocast():
        assert torch.ones(2, 2).mm(torch.ones(2, 2)).dtype == chosen.precision


@pytest.mark.parametrize(
    ("instructions", "seconds", "precision"),
    [(True, 0.5, torch.bfloat16), (True, 2.0, torch.float32), (False, 0.5, torch.float32)],
)
def test_a_cpu_computes_in_bfloat16_only_where_that_is_faster(
    monkeypatch: pytest.MonkeyPatch, instructions: bool, seconds: float, precision: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: instructions)
    times = {torch.float32: 1.0, torch.bfloat16: seconds}
    monkeypatch.setattr(device, "seconds_of_convolution", times.__getitem__)
    assert choose_device("cpu").precision is precision


def test_the_convolution_that_decides_it_takes_time_in_both() -> None:
    assert 0 < device.seconds_of_convolution(torch.float32) < 1
    assert 0 < device.seconds_of_convolution(torch.bfloat16) < 10


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_refused_with_the_reason() -> None:
    assert choose_device("auto").reason
    with pytest.raises(RequestError, match="GPU cannot be used"):
        choose_device("cuda")
