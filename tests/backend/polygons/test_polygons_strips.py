# SPDX-License-Identifier: GPL-3.0-or-later
"""Strips cover a prediction once, and see what is near."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from weft.polygons import reading
from weft.polygons.prediction import open_prediction
from weft.polygons.strips import REACH, STRIP_PIXELS, read_strips, rows_of_strips, spans

HEIGHT, WIDTH = 3 * REACH, 5
SPLIT = np.ones(256, bool)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 100))
def test_every_row_belongs_to_one_strip(height: int, rows: int, reach: int) -> None:
    found = []
    for seen, own in spans(height, rows, reach):
        assert own.start == min(reach + 1, seen.start + own.start)
        assert seen.stop == min(height, seen.start + own.stop + reach)
        found += range(seen.start + own.start, seen.start + own.stop)
    assert found == list(range(height))


@pytest.fixture
def levels() -> np.ndarray:
    """Probabilities of two classes and of interiors, (3, HEIGHT, WIDTH); a nodata pixel."""
    levels = np.random.default_rng(0).integers(0, 255, (3, HEIGHT, WIDTH), dtype=np.uint8)
    levels[:, 1, 1] = 255
    return levels


@pytest.fixture
def path(levels: np.ndarray, tmp_path: Path) -> Path:
    path = tmp_path / "prob.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=3, height=HEIGHT, width=WIDTH, dtype="uint8", nodata=255,
        crs="EPSG:32633", transform=Affine(1, 0, 9, 0, -1, 9),
    ) as dataset:  # fmt: skip
        dataset.write(levels)
        names = json.dumps([{"name": "roof"}, {"name": "tree"}])
        dataset.update_tags(WEFT_KIND="probability", WEFT_CLASSES=names)
    return path


@pytest.mark.parametrize("rows", [7, HEIGHT])
def test_classes_certainties_and_interiors_of_a_raster(
    path: Path, levels: np.ndarray, rows: int
) -> None:
    split = SPLIT.copy()
    split[2] = False
    strips = list(read_strips(open_prediction(path), [0.6, 0.3], split, rows))
    levels[:, 1, 1] = 0
    reached = np.where(levels[:2] >= np.array([152, 76])[:, None, None], levels[:2], 0)
    classes = np.where(reached.max(0) > 0, reached.argmax(0) + 1, 0)
    assert np.array_equal(np.concatenate([each.classes[each.own] for each in strips]), classes)
    certainty = np.concatenate([each.certainty for each in strips if each.certainty is not None])
    assert np.array_equal(certainty, reached.max(0))
    for strip in strips:
        seen = slice(strip.top - strip.own.start, strip.top - strip.own.start + len(strip.classes))
        assert np.array_equal(strip.classes, classes[seen])
        assert np.array_equal(strip.interior, np.where(classes == 2, 0, levels[2])[seen])


def test_interiors_are_left_out_where_nothing_is_to_be_split(path: Path) -> None:
    strips = list(read_strips(open_prediction(path), None, ~SPLIT, 7))
    assert all(strip.interior is None for strip in strips)
    assert [len(strip.classes) for strip in strips[:2]] == [7, 8]


def test_ground_without_objects_costs_no_look_at_probabilities(
    path: Path, levels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = 20  # row that has an object
    classes = np.zeros((HEIGHT, WIDTH), np.uint8)
    classes[3:last, 2] = 1
    beside = path.with_name("class.tif")
    with rasterio.open(path) as probability:
        layout = {**probability.profile, "count": 1}
        tags = {**probability.tags(), "WEFT_KIND": "class", "WEFT_PAIR": path.name}
    with rasterio.open(beside, "w", **layout) as dataset:
        dataset.write(classes, 1)
        dataset.update_tags(**tags)
    read, real = set(), reading.read_valid

    def noted(dataset: rasterio.DatasetReader, band: int, start: int, out: np.ndarray) -> None:
        if dataset.name == str(path):
            read.update(range(start, start + len(out)))
        real(dataset, band, start, out)

    monkeypatch.setattr(reading, "read_valid", noted)
    strips = list(read_strips(open_prediction(beside), None, SPLIT, 7))
    assert np.array_equal(np.concatenate([each.classes[each.own] for each in strips]), classes)
    certain = [each for each in strips if each.certainty is not None]
    found = np.concatenate([each.certainty for each in certain])
    assert np.array_equal(found[3:last, 2], levels[0, 3:last, 2])
    assert max(read) < last + 2 * REACH + 7


@given(st.integers(1, 200_000), st.sampled_from([1, 2 * REACH + 1]), st.integers(1, 3000))
def test_strips_are_as_high_as_their_memory_and_blocks_allow(
    width: int, overlap: int, block: int
) -> None:
    rows = rows_of_strips(width, overlap, block)
    alone = rows_of_strips(width, overlap, 1)
    assert rows == alone or (rows % block == 0 and abs(rows - alone) <= block / 2)
    assert alone == overlap or (alone + overlap) * width <= STRIP_PIXELS
    assert alone >= overlap and rows >= min(alone, block)
