# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic scenes are repeatable, and their truth is what their pictures show."""

import numpy as np
import pytest
from rasterio.enums import MergeAlg
from rasterio.features import rasterize
from shapely import box

from weft.errors import RequestError
from weft.sample.canvas import Kind
from weft.sample.scene import class_mask, render_scene
from weft.sample.variety import Variety

HARBOUR = Variety(water=1.0, beach=0.0, shore_at=(0.0, 0.1))


def test_a_seed_gives_the_same_scene_again() -> None:
    first, second = (render_scene(3, 160, 120, 0.3) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(class_mask(first), class_mask(second))
    assert first.objects == second.objects


def test_another_seed_gives_another_scene() -> None:
    first, second = (render_scene(seed, 96, 96, 0.3) for seed in (3, 4))
    assert not np.array_equal(first.pixels, second.pixels)


def test_shapes_and_types() -> None:
    scene = render_scene(5, 150, 90, 0.25)
    assert scene.pixels.shape == (3, 90, 150) and scene.pixels.dtype == np.uint8
    assert class_mask(scene).shape == (90, 150) and class_mask(scene).dtype == np.uint8


@pytest.mark.parametrize("seed", range(6))
def test_truth_is_valid_and_inside_the_picture(seed: int) -> None:
    scene = render_scene(seed, 200, 160, 0.3)
    frame = box(0, 0, 200, 160).buffer(1e-6)
    for item in scene.objects:
        assert item.polygon.is_valid and not item.polygon.is_empty
        assert frame.contains(item.polygon)


@pytest.mark.parametrize(("name", "kind"), [("building", Kind.BUILDING), ("ship", Kind.SHIP)])
def test_polygons_agree_with_the_mask(name: str, kind: Kind) -> None:
    scene = render_scene(11, 512, 512, 0.2, HARBOUR)
    shapes = [item.polygon for item in scene.objects if item.class_name == name]
    burnt = rasterize(shapes, (512, 512)) == 1
    seen = class_mask(scene) == kind
    assert seen.any()
    assert (burnt & seen).sum() / (burnt | seen).sum() > 0.92


def test_a_leaning_view_keeps_truth_and_mask_together() -> None:
    variety = Variety(water=0.0, lean=0.6)
    for seed in range(3):
        scene = render_scene(seed, 256, 256, 0.25, variety)
        shapes = [item.polygon for item in scene.objects if item.class_name == "building"]
        if not shapes:
            continue
        burnt = rasterize(shapes, (256, 256)) == 1
        seen = class_mask(scene) == Kind.BUILDING
        assert (burnt & seen).sum() / (burnt | seen).sum() > 0.88


def test_buildings_do_not_overlap() -> None:
    scene = render_scene(21, 320, 320, 0.3, Variety(water=0.0))
    shapes = [item.polygon for item in scene.objects if item.class_name == "building"]
    assert len(shapes) > 10
    total = sum(shape.area for shape in shapes)
    counts = rasterize([(shape, 1) for shape in shapes], (320, 320), merge_alg=MergeAlg.add)
    assert (counts > 1).sum() < 0.01 * total


@pytest.mark.parametrize(("width", "height", "gsd"), [(8, 100, 0.2), (100, 100, 0.0)])
def test_sizes_that_cannot_be_drawn_are_refused(width: int, height: int, gsd: float) -> None:
    with pytest.raises(RequestError, match="cannot be drawn"):
        render_scene(0, width, height, gsd)
