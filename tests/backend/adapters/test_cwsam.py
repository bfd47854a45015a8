# SPDX-License-Identifier: GPL-3.0-or-later
"""CWSAM computes what its authors describe, on images of any shape and any number of classes."""

import math

import pytest
import torch
import torch.nn.functional as F
from kinds import make_backbone, make_network, wake
from timm.models.vision_transformer_sam import window_partition, window_unpartition
from torch import Tensor, nn

from weft.adapters.cwsam.low_pass import low_pass
from weft.adapters.cwsam.prompt import add_to_patches
from weft.adapters.registry import find_adapter
from weft.backbones.frozen import as_is
from weft.backbones.registry import find_backbone
from weft.backbones.wrapping import wrap
from weft.heads.class_wise import ClassWiseMaskHead
from weft.heads.level import Level
from weft.network import Network

RELEASED = 11.74e6
HIDDEN_LAYERS = 2 * (256 * 256 + 256)
QUALITY = HIDDEN_LAYERS + 256 * 4 + 4  # nothing reads it, so it is not there
INTERIOR = 32 * (64 * 7 * 7 + 1)  # one output more than classes


def fourier_low_pass(image: Tensor, share: float) -> Tensor:
    """The low-pass as the method describes it."""
    height, width = image.shape[2:]
    half = int(math.sqrt(height * width * share) // 2)
    rows, columns = height // 2, width // 2
    mask = torch.zeros(height, width)
    mask[max(0, rows - half) : rows + half, max(0, columns - half) : columns + half] = 1
    spectrum = torch.fft.fftshift(torch.fft.fft2(image), dim=(2, 3)) * mask
    return torch.fft.ifft2(torch.fft.ifftshift(spectrum, dim=(2, 3))).real


@pytest.mark.parametrize("shape", [(32, 32), (64, 96), (33, 47), (31, 64), (16, 160)])
@pytest.mark.parametrize("share", [0.05, 0.25, 1.0])
def test_two_products_are_the_fourier_low_pass(shape: tuple[int, int], share: float) -> None:
    torch.manual_seed(0)
    image = torch.randn(2, 3, *shape)
    torch.testing.assert_close(
        low_pass(image, share), fourier_low_pass(image, share), atol=1e-5, rtol=1e-5
    )


def test_half_precision_around_it_does_not_blur_the_low_pass() -> None:
    image = torch.randn(1, 3, 64, 64)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        held = low_pass(image, 0.25)
    assert held.dtype is torch.float32
    torch.testing.assert_close(held, low_pass(image, 0.25))


def bottleneck(part: nn.Module, x: Tensor) -> Tensor:
    """The adapters' formula."""
    return part.up(F.gelu(part.down(x)))


def described_pass(network: Network, image: Tensor, fold: bool) -> Tensor:
    """The adapted map of SAM, block by block, as the method describes it."""
    sam, adapter = network.backbone.network, network.adapter
    rgb = network.backbone.as_rgb(image)
    low = fourier_low_pass(rgb, 0.25)
    x = sam.patch_embed(rgb)
    crafted = adapter.prompt.image(low.abs() if fold else low).permute(0, 2, 3, 1)
    guide = crafted + adapter.prompt.embedding(x)
    x = x + sam.pos_embed
    for i, block in enumerate(sam.blocks):
        x = x + adapter.prompt.shared(F.gelu(adapter.prompt.layers[i](guide)))
        z, size = block.norm1(x), x.shape[1:3]
        if block.window_size:
            windows, padded = window_partition(z, block.window_size)
            a = window_unpartition(block.attn(windows), block.window_size, size, padded)
        else:
            a = block.attn(z)
        x = x + a + bottleneck(adapter.after_attention[i], a)
        z = block.norm2(x)
        x = x + block.mlp(z) + 0.5 * bottleneck(adapter.beside_mlp[i], z)
    return sam.neck(x.permute(0, 3, 1, 2))


@pytest.mark.parametrize("fold", [False, True])
@torch.no_grad()
def test_the_encoder_computes_the_described_formulas(fold: bool) -> None:
    network = wake(make_network("sam", "cwsam:fold_signs=yes" if fold else "cwsam"))
    image = torch.rand(2, 3, 128, 128)
    network.adapter.begin(image)
    adapted = network.backbone(image, as_is)
    network.adapter.finish(adapted, None)
    expected = described_pass(network, image, fold)
    torch.testing.assert_close(adapted[-1], expected, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(described_pass(network, image, not fold), expected, atol=1e-3)


@pytest.mark.parametrize("kind", ["vit", "sam"])
@torch.no_grad()
def test_a_pass_that_was_not_begun_is_the_frozen_networks(kind: str) -> None:
    network, image = wake(make_network(kind, "cwsam")), torch.rand(1, 3, 64, 64)
    frozen = make_backbone(kind)(image, as_is)[-1]
    network.adapter.begin(image)
    adapted = network.backbone(image, as_is)[-1]
    assert not torch.allclose(adapted, frozen, atol=1e-3)
    # the pass above was never finished
    torch.testing.assert_close(network.backbone(image, as_is)[-1], frozen)


def test_class_and_register_tokens_get_no_prompt() -> None:
    x, prompt = torch.randn(2, 3 + 6, 4), torch.randn(2, 6, 4)
    added = add_to_patches(x, prompt)
    assert torch.equal(added[:, :3], x[:, :3])
    torch.testing.assert_close(added[:, 3:], x[:, 3:] + prompt)


def test_parameters_on_sam_are_the_published_but_for_quality_and_interiors() -> None:
    spec = find_backbone("samvit_base_patch16")
    with torch.device("meta"):
        backbone = wrap(spec.build(), spec.mean, spec.std)
        network = Network(backbone, find_adapter("cwsam"), bands=3, classes=4)
    own = sum(parameter.numel() for parameter in network.trained_parameters())
    assert own == pytest.approx(RELEASED, rel=0.02)
    assert own + QUALITY - INTERIOR == pytest.approx(RELEASED, rel=0.001)


def test_no_parameter_is_dead() -> None:
    network = wake(make_network("sam", "cwsam"))
    network(torch.rand(2, 3, 64, 64)).square().mean().backward()
    named = dict(network.named_parameters())
    trained = {id(parameter) for parameter in network.trained_parameters()}
    assert not [name for name, p in named.items() if id(p) in trained and p.grad is None]


@pytest.mark.parametrize("channels", [256, 40])
@pytest.mark.parametrize("classes", [2, 6])
@torch.no_grad()
def test_the_head_gives_each_image_its_own_logits(channels: int, classes: int) -> None:
    torch.manual_seed(0)
    head = ClassWiseMaskHead((channels,), (16,), classes)
    maps = torch.randn(3, channels, 4, 6)
    together = head([Level(maps)], (64, 96))
    assert together.shape == (3, classes, 64, 96)
    alone = torch.cat([head([Level(x[None])], (64, 96)) for x in maps])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_each_class_has_maps_of_its_own_and_all_share_the_token() -> None:
    torch.manual_seed(0)
    head = ClassWiseMaskHead((256,), (16,), 3)
    maps = torch.randn(1, 256, 4, 4)
    before = head([Level(maps)], (64, 64))
    head.classify.weight[32:64] *= 2
    after = head([Level(maps)], (64, 64))
    assert [torch.equal(before[:, k], after[:, k]) for k in range(3)] == [True, False, True]


def test_one_band_of_radar_and_many_classes_go_through() -> None:
    network = make_network("sam", "cwsam", bands=1, classes=6)
    votes = network.votes(torch.rand(3, 1, 64, 96))
    assert [vote.shape for vote in votes] == [(3, 8, 64, 96)]
