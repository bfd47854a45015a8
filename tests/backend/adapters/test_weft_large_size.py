# SPDX-License-Identifier: GPL-3.0-or-later
"""The released size of WEFT: how much of it is trained on ViT-L, and what it may be built on."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from weft.adapters.contract import tap
from weft.adapters.weft.norms import GROUP_NORMS
from weft.adapters.weft_large.adapter import WeftLargeAdapter
from weft.adapters.weft_large.enhancer import SplitFields
from weft.adapters.weft_large.extractor import LargeExtractor
from weft.adapters.weft_large.options import AS_RELEASED, WeftLargeOptions
from weft.backbones.registry import IMAGENET, build_timm
from weft.backbones.wrapping import wrap


def million(*parts: nn.Module) -> float:
    return sum(p.numel() for part in parts for p in part.parameters()) / 1e6


def build_on_vit_large(options: WeftLargeOptions) -> WeftLargeAdapter:
    """Shapes alone, no memory."""
    with torch.device("meta"):
        backbone = wrap(build_timm("vit_large_patch16_224"), *IMAGENET)
        return WeftLargeAdapter(tap(backbone, 3), options)


def test_on_vit_large_it_trains_as_many_parameters_as_the_released_code() -> None:
    adapter = build_on_vit_large(WeftLargeOptions())
    assert million(adapter.extractor) == pytest.approx(0.173, abs=0.005)
    assert million(*adapter.injectors) == pytest.approx(6.58, abs=0.01)
    assert million(*adapter.enhancers, *adapter.last_enhancers) == pytest.approx(4.41, abs=0.01)
    assert 11.0 < million(adapter) < 11.4
    assert million(adapter.readers, adapter.outputs) < 0.01
    assert len(adapter.injectors) == 4
    assert len(adapter.enhancers) + len(adapter.last_enhancers) == 6


def test_as_released_the_count_is_the_same() -> None:
    assert 11.0 < million(build_on_vit_large(AS_RELEASED)) < 11.4


@torch.no_grad()
def test_the_split_fields_are_three_cascades_side_by_side() -> None:
    torch.manual_seed(0)
    module, u = SplitFields(16, GROUP_NORMS), torch.randn(2, 16, 6, 5)
    convolution, norm, _ = module.mix
    for each in (module.norm[0], norm):
        nn.init.normal_(each.weight)
        nn.init.normal_(each.bias)
    inner = [each.chunk(3) for each in (module.norm[0].weight, module.norm[0].bias)]
    outer = [
        each.chunk(3) for each in (convolution.weight, convolution.bias, norm.weight, norm.bias)
    ]
    expected = torch.zeros_like(u)
    for k, field in enumerate(module.fields):
        y, outputs = torch.zeros(2, 4, 6, 5), []
        for part in u.chunk(4, dim=1):
            y = F.group_norm(field(part + y), 1, inner[0][k], inner[1][k]).relu()
            outputs.append(y)
        mixed = F.conv2d(torch.cat(outputs, dim=1), outer[0][k], outer[1][k])
        expected += F.group_norm(mixed, 4, outer[2][k], outer[3][k]).relu()
    torch.testing.assert_close(module(u), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("size", [(32, 32), (72, 40), (50, 90)])
@torch.no_grad()
def test_the_stream_takes_images_of_any_size(size: tuple[int, int]) -> None:
    extractor = LargeExtractor(4, 32, WeftLargeOptions(width=16, splits=2))
    finest, levels = extractor(torch.rand(1, 4, *size))
    for stride, level in zip((4, 8, 16, 32), [finest, *levels], strict=True):
        assert tuple(level.shape) == (1, 32, *(-(-side // stride) for side in size))
        assert level.isfinite().all()
