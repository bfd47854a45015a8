# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformable attention against equation 3 of arXiv:2010.04159, written out place by place."""

import math

import pytest
import torch
from torch import Tensor

from weft.adapters.weft_large.deformable import DeformableAttention, star

WIDTH, HEADS, POINTS = 16, 4, 3


@pytest.fixture
def attention() -> DeformableAttention:
    torch.manual_seed(0)
    return DeformableAttention(WIDTH, levels=2, heads=HEADS, points=POINTS)


def pixel(values: Tensor, x: int, y: int) -> Tensor:
    """The vector at a pixel of a map (d, h, w), zero beyond its edge."""
    inside = 0 <= y < values.shape[1] and 0 <= x < values.shape[2]
    return values[:, y, x] if inside else torch.zeros(len(values))


def bilinear(values: Tensor, x: float, y: float) -> Tensor:
    """Between the four pixels whose centres surround (x, y), in pixels from the map's corner."""
    left, top = math.floor(x - 0.5), math.floor(y - 0.5)
    a, b = x - 0.5 - left, y - 0.5 - top
    upper = (1 - a) * pixel(values, left, top) + a * pixel(values, left + 1, top)
    lower = (1 - a) * pixel(values, left, top + 1) + a * pixel(values, left + 1, top + 1)
    return (1 - b) * upper + b * lower


def slowly(attention: DeformableAttention, query: Tensor, levels: list[Tensor]) -> Tensor:
    """The attention of one map (C, h, w) to levels (C, ., .), sum by sum."""
    _, height, width = query.shape
    values = [attention.value(level[None])[0].chunk(HEADS) for level in levels]
    gathered = torch.zeros(WIDTH // 2, height, width)
    for i in range(height):
        for j in range(width):
            q = query[:, i, j].view(1, -1, 1, 1)
            offsets = attention.offset(q).view(HEADS, len(levels), POINTS, 2)
            weights = attention.weigh(q).view(HEADS, -1).softmax(1)
            weights = weights.view(HEADS, len(levels), POINTS)
            heads = []
            for m in range(HEADS):
                total = torch.zeros(WIDTH // 2 // HEADS)
                for level in range(len(levels)):
                    _, rows, columns = levels[level].shape
                    for k in range(POINTS):
                        x = (j + 0.5) / width * columns + float(offsets[m, level, k, 0])
                        y = (i + 0.5) / height * rows + float(offsets[m, level, k, 1])
                        total += weights[m, level, k] * bilinear(values[level][m], x, y)
                heads.append(total)
            gathered[:, i, j] = torch.cat(heads)
    return attention.output(gathered[None])[0]


@torch.no_grad()
def test_it_computes_the_equation(attention: DeformableAttention) -> None:
    for parameter in attention.parameters():
        parameter.add_(0.3 * torch.randn_like(parameter))
    query = torch.randn(2, WIDTH, 3, 4)
    levels = [torch.randn(2, WIDTH, 5, 6), torch.randn(2, WIDTH, 2, 3)]
    expected = [slowly(attention, query[b], [level[b] for level in levels]) for b in range(2)]
    result = attention(query, levels)
    assert result.shape == query.shape
    torch.testing.assert_close(result, torch.stack(expected), atol=1e-5, rtol=1e-4)


def test_eight_heads_start_on_the_eight_neighbours() -> None:
    first, second = star(heads=8, levels=1, points=2)[:, 0].round(decimals=4).unbind(1)
    neighbours = {(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)} - {(0, 0)}
    assert {(int(x), int(y)) for x, y in first.tolist()} == neighbours
    torch.testing.assert_close(second, 2 * first)


@torch.no_grad()
def test_all_points_weigh_the_same_at_the_start(attention: DeformableAttention) -> None:
    flat = [torch.ones(1, WIDTH, 16, 16)] * 2
    query = torch.randn(1, WIDTH, 4, 4)
    assert not attention.weigh(query).any()
    # far from the edge, points of one constant map all see its value
    expected = attention.output(attention.value(flat[0]))[0, :, 8, 8]
    torch.testing.assert_close(attention(query, flat)[0, :, 1, 1], expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("width", "heads"), [(1024, 16), (192, 16), (48, 8), (96, 16)])
def test_narrow_networks_have_as_many_heads_as_divide_their_values(width: int, heads: int) -> None:
    assert DeformableAttention(width, levels=3, heads=16, points=4).heads == heads


@torch.no_grad()
def test_mixed_precision_keeps_sampling_exact(attention: DeformableAttention) -> None:
    query, levels = torch.randn(1, WIDTH, 4, 4), [torch.randn(1, WIDTH, 8, 8)] * 2
    exact = attention(query, levels)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = attention(query, levels)
    torch.testing.assert_close(rough.float(), exact, atol=0.05, rtol=0.05)
