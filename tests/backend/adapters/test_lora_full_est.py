# SPDX-License-Identifier: GPL-3.0-or-later
"""What LoRA, full fine-tuning and the EST-style side network each promise."""

import math

import pytest
import timm
import torch
from kinds import make_network, wake
from torch import Tensor, nn

from weft.adapters.est import EstAdapter
from weft.adapters.lora import Correction
from weft.adapters.registry import ADAPTERS, find_adapter
from weft.adapters.side_network import Fusion, Gate
from weft.backbones.registry import IMAGENET, build_timm, find_backbone
from weft.backbones.wrapping import wrap
from weft.errors import RequestError
from weft.network import Network


def test_a_correction_of_a_linear_layer_is_a_product_of_low_rank() -> None:
    layer = nn.Linear(12, 8)
    correction = Correction(layer, rank=3, scale=2.0)
    nn.init.normal_(correction.b.weight)
    layer.register_forward_hook(correction.beside)
    x = torch.rand(5, 7, 12)
    update = correction.b.weight @ correction.a.weight
    assert torch.linalg.matrix_rank(update) == 3
    expected = nn.functional.linear(x, layer.weight + 2.0 * update, layer.bias)
    torch.testing.assert_close(layer(x), expected)


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(1, 1, 0), (3, 1, 1), (3, 2, 1)])
def test_a_correction_of_a_convolution_is_one_of_its_kernel(
    kernel: int, stride: int, padding: int
) -> None:
    layer = nn.Conv2d(6, 10, kernel, stride, padding)
    correction = Correction(layer, rank=2, scale=1.0)
    nn.init.normal_(correction.b.weight)
    layer.register_forward_hook(correction.beside)
    update = torch.einsum("or,rikl->oikl", correction.b.weight[:, :, 0, 0], correction.a.weight)
    x = torch.rand(2, 6, 9, 12)
    weight = layer.weight + update
    expected = nn.functional.conv2d(x, weight, layer.bias, stride, padding)
    torch.testing.assert_close(layer(x), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("kind", "a_block"), [("vit", 4), ("sam", 4), ("convnext", 2)])
def test_lora_corrects_attention_and_mlp(kind: str, a_block: int) -> None:
    network = make_network(kind, "lora:rank=2")
    blocks = len(network.backbone.blocks())
    assert len(next(iter(network.adapter.children()))) == a_block * blocks


@pytest.mark.parametrize(
    ("backbone", "small", "a_block"),
    [
        (
            "swinv2_tiny_window8_256",
            {"embed_dim": 32, "depths": (1, 1, 1, 1), "num_heads": (1, 2, 4, 8)}
            | {"strict_img_size": False},
            4,
        ),
        ("beit_base_patch16_224", {"embed_dim": 64, "depth": 4, "num_heads": 4, "img_size": 64}, 4),
    ],
)
def test_every_correction_learns_where_timm_adds_the_bias_itself(
    backbone: str, small: dict[str, object], a_block: int
) -> None:
    built = timm.create_model(backbone, features_only=True, **small)
    network = Network(wrap(built, *IMAGENET), find_adapter("lora:rank=2"), 3, 1)
    torch.stack(network.train().votes(torch.rand(1, 3, 64, 64))).sum().backward()
    corrections = list(next(iter(network.adapter.children())))
    assert len(corrections) == a_block * len(network.backbone.blocks())
    assert all(each.b.weight.grad is not None for each in corrections)


def test_lora_has_the_rank_asked_for() -> None:
    small, large = (make_network("vit", f"lora:rank={rank}").adapter for rank in (2, 8))
    counts = [sum(p.numel() for p in adapter.parameters()) for adapter in (small, large)]
    assert counts[1] == 4 * counts[0]


def trained_in_backbone(network: Network) -> set[str]:
    names = {name for name in network.trained_state() if name.startswith("backbone.")}
    return {name.removeprefix("backbone.network.") for name in names}


def test_full_unfreezes_the_group_asked_for() -> None:
    everything = trained_in_backbone(make_network("resnet", "full"))
    own = {name for name, _ in make_network("resnet", "full").backbone.network.named_parameters()}
    assert everything == own
    norms = make_network("resnet", "full:group=norms").upstream_parameters()
    assert norms and all(parameter.ndim == 1 for parameter in norms)
    last = trained_in_backbone(make_network("vit", "full:group=last,blocks=2"))
    blocks = sorted({name.split(".")[1] for name in last})
    depth = len(make_network("vit", "linear").backbone.network.blocks)
    assert blocks == [str(depth - 2), str(depth - 1)]


def saved_bytes(network: Network, image: Tensor) -> int:
    """What one training step keeps for going back, parameters and buffers aside."""
    own = {each.untyped_storage().data_ptr() for each in network.state_dict().values()}
    kept: dict[int, Tensor] = {}

    def keep(x: Tensor) -> Tensor:
        kept[x.untyped_storage().data_ptr()] = x
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        votes = network.train().votes(image)
    assert votes
    return sum(x.untyped_storage().nbytes() for key, x in kept.items() if key not in own)


@pytest.mark.parametrize(
    "backbone", ["vit_tiny_patch16_224", "convnext_atto", "swin_tiny_patch4_window7_224"]
)
def test_est_needs_at_most_forty_percent_of_the_memory_of_full(backbone: str) -> None:
    spec = find_backbone(backbone)
    image = torch.rand(1, 3, 128, 128)
    memory = {
        name: saved_bytes(
            Network(wrap(spec.build(), spec.mean, spec.std), find_adapter(name), 3, 1), image
        )
        for name in ("est", "full")
    }
    assert memory["est"] <= 0.4 * memory["full"]


def test_no_gradient_of_the_side_network_enters_the_backbone() -> None:
    network = wake(make_network("resnet", "est"))
    maps = [
        x.requires_grad_()
        for x in network.standardise(network.backbone(torch.rand(1, 3, 64, 64), lambda stage, x: x))
    ]
    assert isinstance(network.adapter, EstAdapter)
    levels = network.adapter.finish(maps, None)
    sum(level.addition.narrow.sum() for level in levels if level.addition).backward()
    assert all(x.grad is None for x in maps)


def test_the_states_follow_the_formulas() -> None:
    torch.manual_seed(0)
    fusion, gate = Fusion(8, 4, (2, 4)), Gate(4)
    fusion.balance.data = torch.tensor([0.0, math.log(3)])
    x, state = torch.rand(2, 8, 3, 5), torch.rand(2, 4, 3, 5)
    normed = (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True, correction=0) + 1e-6).sqrt()
    hidden = nn.functional.gelu(fusion.down(normed)).split([4, 4], dim=1)
    ups = fusion.up.weight.split([4, 4], dim=1)
    parts = [nn.functional.conv2d(h, up) for h, up in zip(hidden, ups, strict=True)]
    a = fusion(x)
    offset = fusion.up.bias[:, None, None]
    torch.testing.assert_close(a, 0.25 * parts[0] + 0.75 * parts[1] + offset)
    means = torch.cat([a.mean((2, 3)), state.mean((2, 3))], 1)
    g = torch.sigmoid(means @ gate.weigh.weight.T + gate.weigh.bias)[:, :, None, None]
    torch.testing.assert_close(gate(a, state), g * a + (1 - g) * state)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("lora:rank=0", "rank=1 to rank=1024"),
        ("full:group=most", "choose all or last or norms"),
        ("full:blocks=0", "blocks=1 or more"),
        ("est:width=0", "whole numbers from 1"),
        ("weft:side=-1", "side from 0"),
        ("weft:width=30", "give a multiple of 4"),
        ("weft:splits=3", "give a multiple of 12"),
        ("weft:chosen=8", "choose 1 to 7"),
        ("est:reductions=4+x", "cannot be '4[+]x'"),
        ("linear:rank=4", "it has none"),
        ("lora:rang=4", "no option 'rang'; its options are rank, alpha"),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(choice: str, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        find_adapter(choice)


@pytest.mark.parametrize("choice", ["lora", "full:group=last", "full:group=norms"])
def test_a_backbone_without_blocks_or_norms_is_told(choice: str) -> None:
    backbone = wrap(build_timm("vgg11"), *IMAGENET)
    with pytest.raises(RequestError, match="choose another"):
        Network(backbone, find_adapter(choice), 3, 1)


def test_options_make_the_adapter_and_stand_in_its_name() -> None:
    spec = find_adapter("est:width=4,reductions=2+8")
    assert spec.name == "est:width=4,reductions=2+8"
    network = make_network("resnet", spec.name)
    assert isinstance(network.adapter, EstAdapter)
    fusion = network.adapter.side.fusions[0]
    assert len(fusion.balance) == 2
    assert fusion.down.out_channels == fusion.down.in_channels * (1 / 2 + 1 / 8)


def test_each_method_says_what_it_costs_and_where_it_comes_from() -> None:
    for spec in ADAPTERS:
        assert spec.summary.endswith(".") and len(spec.summary) < 120
        assert spec.source
