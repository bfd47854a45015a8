# SPDX-License-Identifier: GPL-3.0-or-later
"""Ground without labels: where it is taken from, and how many objects it may hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from weft.adapters.registry import find_adapter
from weft.device import Device
from weft.grid import Window
from weft.jobs.material import read_elsewhere
from weft.labels.burn import UNKNOWN
from weft.network import split
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect
from weft.raster.sampling import decoded
from weft.training.augment import Augmentation
from weft.training.fit import FitSettings, Trainer
from weft.training.patches import PatchStore
from weft.training.regions import NO_AREA, Region
from weft.training.unlabelled import (
    FEWEST_REGIONS,
    MOST_REGIONS,
    SIDE,
    Elsewhere,
    ShareLimit,
    plan_elsewhere,
)

CPU = Device(torch.device("cpu"), "CPU", None, torch.float32)


def sized(info: RasterInfo, width: int, height: int, **changes: object) -> RasterInfo:
    grid = replace(info.grid, width=width, height=height)
    return replace(info, grid=grid, **changes)  # type: ignore[arg-type]


def logits_of(share: float, confidence: float, rest: float = 0.001) -> torch.Tensor:
    """Logits (1, 1, 2, 10, 10) with `share` of the pixels objects by `confidence`."""
    chance = torch.full((100,), rest)
    chance[: round(100 * share)] = confidence
    return torch.stack([1 - chance, chance]).log().view(1, 1, 2, 10, 10)


def test_windows_lie_on_the_images_and_follow_their_ground(squares) -> None:
    info = inspect(squares.sources.images[0])
    infos = [sized(info, 4000, 3000), sized(info, 1000, 1000)]
    regions = plan_elsewhere(infos, [1.0, 0.5], seed=3)
    assert len(regions) == MOST_REGIONS
    assert regions == plan_elsewhere(infos, [1.0, 0.5], seed=3)
    assert regions != plan_elsewhere(infos, [1.0, 0.5], seed=4)
    for region in regions:
        grid = infos[region.image].grid
        assert region.window.column >= 0
        assert region.window.row >= 0
        assert region.window.column + region.window.width <= grid.width
        assert region.window.row + region.window.height <= grid.height
        assert region.shape == (SIDE, SIDE)
    assert sum(region.image == 0 for region in regions) > 24


def test_an_image_smaller_than_a_window_is_taken_whole(squares) -> None:
    info = sized(inspect(squares.sources.images[0]), 150, 90)
    regions = plan_elsewhere([info], [2.0], seed=0)
    assert {(region.window, region.shape) for region in regions} == {
        (Window(0, 0, 150, 90), (180, 300))
    }


def test_there_are_few_windows_where_each_decodes_much(squares) -> None:
    info = sized(
        inspect(squares.sources.images[0]), 40_000, 40_000, block=(1, 40_000), driver="PNG"
    )
    assert len(plan_elsewhere([info], [1.0], seed=0)) == FEWEST_REGIONS


@pytest.mark.parametrize(
    ("block", "driver", "pixels"),
    [
        ((256, 256), "GTiff", 2 * 2 * 256 * 256),
        ((1, 1000), "GTiff", 300 * 1000),
        ((1, 1000), "PNG", 500 * 1000),
    ],
)
def test_decoding_costs_whole_blocks_and_lines_above(
    squares, block: tuple[int, int], driver: str, pixels: int
) -> None:
    info = sized(inspect(squares.sources.images[0]), 1000, 1000, block=block, driver=driver)
    assert decoded(info, Window(100, 200, 300, 300)) == pixels


def test_crops_know_nothing_of_the_areas(squares) -> None:
    regions = plan_elsewhere([inspect(squares.sources.images[0])], [1.0], seed=0)
    store = PatchStore(squares.sources, regions)
    elsewhere = Elsewhere(store, regions, 64, Augmentation(), seed=0)
    for _ in range(5):
        pixels, truth = elsewhere.draw()
        assert pixels.shape == (1, 3, 64, 64)
        assert (truth.mask == UNKNOWN).all()


def test_a_flood_costs_and_less_than_the_limit_is_free() -> None:
    assert ShareLimit(0.1).excess(logits_of(0.15, 0.9)) == 0
    assert ShareLimit(0.1).excess(logits_of(0.5, 0.9)) == pytest.approx(3 * 0.45, rel=1e-3)


def test_faint_doubts_are_no_flood() -> None:
    assert ShareLimit(0.01).excess(logits_of(0.0, 0.0, rest=0.3)) == 0


def test_one_full_crop_among_empty_ones_is_no_flood() -> None:
    limit = ShareLimit(0.1)
    for _ in range(20):
        limit.excess(logits_of(0.0, 0.9))
    assert limit.excess(logits_of(0.9, 0.9)) == 0


def test_a_flood_is_known_until_it_has_gone_down() -> None:
    limit = ShareLimit(0.1)
    assert limit.exceeded  # before the first look nothing is known
    limit.excess(torch.cat([logits_of(0.5, 0.9), logits_of(0.0, 0.9)]))
    assert limit.exceeded
    for _ in range(20):
        limit.excess(torch.cat([logits_of(0.1, 0.9), logits_of(0.0, 0.9)]))
    assert not limit.exceeded


@pytest.mark.parametrize("before", [0, 1])
def test_an_overflow_does_not_end_the_watch(before: int) -> None:
    limit = ShareLimit(0.1)
    for _ in range(before):
        limit.excess(logits_of(0.5, 0.9))
    assert not limit.excess(torch.full((1, 1, 2, 10, 10), torch.nan)).isfinite()
    assert limit.exceeded
    assert limit.excess(logits_of(0.5, 0.9)) > 0


def test_each_head_answers_for_itself() -> None:
    both = torch.cat([logits_of(0.5, 0.9), logits_of(0.1, 0.9)]).requires_grad_()
    ShareLimit(0.1).excess(both).backward()
    assert both.grad is not None
    assert both.grad[0].abs().sum() > 0
    assert both.grad[1].abs().sum() == 0


@pytest.mark.parametrize("adapter", ["weft", "linear"])
def test_objects_do_not_flood_ground_that_was_not_labelled(
    make_scene, tiny_network, adapter: str
) -> None:
    """Squares are brighter than the ground beside them; a brighter field lies elsewhere."""
    array = np.full((3, 512, 512), 40, np.uint8)
    array[:, 100:, :] = 200
    array[:, 20:40, 20:40] = array[:, 60:80, 50:70] = 160
    labels = [("roof", (20, 20, 40, 40)), ("roof", (50, 60, 70, 80))]
    scene = make_scene(array, labels, [(8, 8, 96, 96)])
    elsewhere = plan_elsewhere([inspect(scene.sources.images[0])], [1.0], seed=0)
    store = PatchStore(scene.sources, [*scene.regions, *elsewhere])
    settings = FitSettings(60, find_adapter(adapter).learning_rate, steps=40, batch=2, crop=64)
    shares = []
    for unlabelled in ((), elsewhere):
        network = tiny_network(adapter)
        Trainer(network, store, CPU, settings, Context(Path())).run(scene.regions, unlabelled)
        field = torch.from_numpy(array[:, 200:328, 200:328]).float().div(255)[None]
        with torch.no_grad():
            network.eval()
            shares.append(float((split(network(field))[0].argmax(1) > 0).float().mean()))
    assert shares[0] > 0.5
    assert shares[1] < shares[0] / 2


def test_damage_far_from_labels_is_noted_and_passed_over(make_scene, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(1, 255, (3, 256, 64)).astype(np.uint8)
    tiles = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    scene = make_scene(pixels, [("roof", (8, 8, 24, 24))], [(0, 0, 64, 64)], **tiles)
    (path,) = scene.sources.images
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    near, *far = (
        Region(0, Window(0, row, 64, 64), (64, 64), NO_AREA, measurable=False)
        for row in (64, 128, 192)
    )
    notes: list[str] = []
    whole = read_elsewhere(scene.store, [near, *far], Context(tmp_path, notify=notes.append))
    assert near in whole and far[-1] not in whole
    (note,) = notes
    assert str(path) in note and note.endswith("Training goes on without such ground.")


def test_windows_on_nodata_alone_do_not_count(make_scene, tmp_path: Path) -> None:
    array = np.full((3, 400, 1200), 90, np.uint8)
    array[:, :, 500:] = 0
    scene = make_scene(array, [("roof", (20, 20, 40, 40))], [(8, 8, 96, 96)], nodata=0)
    regions = plan_elsewhere([inspect(scene.sources.images[0])], [1.0], seed=0)
    store = PatchStore(scene.sources, [*scene.regions, *regions])
    notes: list[str] = []
    kept = read_elsewhere(store, regions, Context(tmp_path, notify=notes.append))
    assert kept == [region for region in regions if region.window.column < 500]
    assert len(kept) < len(regions) and not notes
