# SPDX-License-Identifier: GPL-3.0-or-later
"""Heads turn maps of several strides into logits of the image's size."""

import torch
import torch.nn.functional as F

from weft.heads.level import Addition, Level
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
    logits = head([Level(x) for x in levels], (64, 96))
    torch.testing.assert_close(logits, expected, atol=1e-4, rtol=1e-4)


def test_gain_lets_the_linear_head_learn_that_much_faster() -> None:
    channels, strides = (4, 6), (2, 4)
    plain, fast = LinearHead(channels, strides, 3), LinearHead(channels, strides, 3, gain=5.0)
    levels = [Level(x) for x in maps(channels, strides)]
    for head in (plain, fast):
        optimiser = torch.optim.SGD(head.parameters(), 0.1)
        head(levels, (64, 96))[:, 1].mean().backward()
        optimiser.step()
    torch.testing.assert_close(fast.levels[0].weight, 5 * plain.levels[0].weight)


def test_the_pyramid_takes_maps_with_and_without_stride_two() -> None:
    for strides in ((2, 4, 8, 16), (4, 8, 16, 32)):
        channels = (8, 16, 24, 32)
        head = PyramidHead(channels, strides, 2).eval()
        levels = [Level(x) for x in maps(channels, strides)]
        assert head(levels, (64, 96)).shape == (2, 2, 64, 96)


def test_every_level_reaches_the_pyramids_logits() -> None:
    channels, strides = (8, 16, 24, 32), (2, 4, 8, 16)
    wide = [x.requires_grad_() for x in maps(channels, strides)]
    head = PyramidHead(channels, strides, 2).eval()
    head([Level(x) for x in wide], (64, 96)).sum().backward()
    assert all(x.grad.abs().max() > 0 for x in wide)


def test_a_layer_through_a_level_is_the_layer_on_the_sum() -> None:
    torch.manual_seed(0)
    layer = torch.nn.Conv2d(24, 5, 1)
    addition = Addition(torch.randn(2, 3, 8, 9), torch.randn(24, 3), torch.randn(24))
    level = Level(torch.randn(2, 24, 8, 9), addition)
    expected = layer(level.whole())
    torch.testing.assert_close(level.through(layer), expected, atol=1e-4, rtol=1e-4)
    added = torch.einsum("bchw,oc->bohw", addition.narrow, addition.weight)
    torch.testing.assert_close(level.whole(), level.wide + added + addition.bias.view(1, -1, 1, 1))
