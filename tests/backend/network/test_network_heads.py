# SPDX-License-Identifier: GPL-3.0-or-later
"""Heads turn maps of several strides into logits of the image's size."""

import torch
import torch.nn.functional as F

from weft.heads.linear import LinearHead
from weft.heads.pyramid import PyramidHead


def maps(channels: tuple[int, ...], strides: tuple[int, ...]) -> list[torch.Tensor]:
    torch.manual_seed(0)
    return [torch.randn(2, c, 64 // s, 96 // s) for c, s in zip(channels, strides, strict=True)]


def test_the_linear_head_is_one_layer_on_all_levels() -> None:
    channels, strides = (4, 6, 8), (2, 4, 8)
    head, levels = LinearHead(channels, strides, 3), maps(channels, strides)
    for level in head.levels:
        torch.nn.init.normal_(level.weight)
    grown = [F.interpolate(x, (64, 96), mode="bilinear") for x in levels]
    weight = torch.cat([level.weight for level in head.levels], dim=1)
    bias = torch.stack([level.bias for level in head.levels]).sum(0)
    expected = F.conv2d(torch.cat(grown, dim=1), weight, bias)
    torch.testing.assert_close(head(levels, (64, 96)), expected, atol=1e-4, rtol=1e-4)


def test_gain_lets_the_linear_head_learn_that_much_faster() -> None:
    channels, strides = (4, 6), (2, 4)
    plain, fast = LinearHead(channels, strides, 3), LinearHead(channels, strides, 3, gain=5.0)
    levels = maps(channels, strides)
    for head in (plain, fast):
        optimiser = torch.optim.SGD(head.parameters(), 0.1)
        head(levels, (64, 96))[:, 1].mean().backward()
        optimiser.step()
    torch.testing.assert_close(fast.levels[0].weight, 5 * plain.levels[0].weight)


def test_the_pyramid_takes_maps_with_and_without_stride_two() -> None:
    for strides in ((2, 4, 8, 16), (4, 8, 16, 32)):
        channels = (8, 16, 24, 32)
        head = PyramidHead(channels, strides, 2).eval()
        assert head(maps(channels, strides), (64, 96)).shape == (2, 2, 64, 96)


def test_every_level_reaches_the_pyramids_logits() -> None:
    channels, strides = (8, 16, 24, 32), (2, 4, 8, 16)
    levels = [x.requires_grad_() for x in maps(channels, strides)]
    PyramidHead(channels, strides, 2).eval()(levels, (64, 96)).sum().backward()
    assert all(x.grad.abs().max() > 0 for x in levels)
