# SPDX-License-Identifier: GPL-3.0-or-later
"""Going on from an earlier model: what is taken over, and what may still be measured on."""

from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
import torch
from affine import Affine
from pyproj import CRS

from weft.grid import Grid, Window
from weft.jobs.card import count_areas
from weft.jobs.material import Material
from weft.jobs.start import Ground, ground_of, ground_taught, seen_areas, with_classes
from weft.training.regions import Region

UTM = CRS.from_epsg(32633)
AREAS = gpd.GeoSeries([shapely.box(x, 0, x + 10, 10) for x in (0, 20, 40)], crs=UTM)


def test_a_first_training_has_seen_all_but_the_held_out_area() -> None:
    seen = ground_taught(AREAS, 1, None)
    assert seen_areas(seen, AREAS) == {0, 2}
    assert seen_areas(ground_taught(AREAS, None, None), AREAS) == {0, 1, 2}


def test_what_was_held_out_is_labelled_all_the_same() -> None:
    first = ground_taught(AREAS, 1, None)
    assert shapely.union_all(first.labelled_in(UTM)).equals(AREAS.union_all())
    more = gpd.GeoSeries([shapely.box(60, 0, 70, 10)], crs=UTM)
    then = ground_taught(more, 0, first)
    assert seen_areas(then, AREAS) == {0, 2}
    assert shapely.from_wkt(then.held_out).equals(shapely.union_all([AREAS[1], more[0]]))
    again = ground_taught(AREAS, 0, then)
    assert shapely.from_wkt(again.held_out).equals(more[0])


def test_areas_on_no_image_teach_nothing_yet() -> None:
    grid = Grid(UTM, Affine(1, 0, 0, 0, -1, 10), 30, 10)
    regions = [Region(0, Window(20 * area, 0, 10, 10), (10, 10), area) for area in (0, 1)]
    ground = ground_of(regions, [grid], AREAS)
    assert ground.index.tolist() == [0, 1]
    assert seen_areas(ground_taught(ground, 1, None), AREAS) == {0}
    material = Material((), SimpleNamespace(areas=AREAS), regions, (1.0,), 1.0, None)
    assert count_areas(material) == 2
    assert count_areas(replace(material, sources=SimpleNamespace(areas=None))) == 0


def test_new_areas_are_unseen_wherever_they_stand_in_the_list() -> None:
    seen = ground_taught(AREAS, 1, None)
    new = gpd.GeoSeries([shapely.box(60, 0, 70, 10), *AREAS], crs=UTM)
    assert seen_areas(seen, new) == {1, 3}


def test_other_coordinates_are_brought_together() -> None:
    seen = ground_taught(AREAS.set_crs(UTM, allow_override=True), 0, None)
    moved = AREAS.to_crs(CRS.from_epsg(4326))
    assert seen_areas(seen, moved) == {1, 2}


def test_neighbours_edge_to_edge_are_not_each_other() -> None:
    beside = gpd.GeoSeries([shapely.box(10, 0, 20, 10)], crs=UTM)
    assert seen_areas(ground_taught(AREAS, None, None), beside) == frozenset()


def test_without_knowledge_everything_counts_as_seen() -> None:
    assert seen_areas(Ground(), AREAS) == {0, 1, 2}


@pytest.mark.parametrize(
    ("now", "rows"),
    [(["a", "b"], [0, 1, 2, 3]), (["b", "a"], [0, 2, 1, 3]), (["b", "new"], [0, 2, -1, 3])],
)
def test_classes_keep_their_rows_by_name(now: list[str], rows: list[int]) -> None:
    state = {
        "heads.0.classify.weight": torch.arange(4.0).view(4, 1, 1, 1) + 1,
        "heads.2.levels.1.bias": torch.arange(4.0) + 1,
        "adapter.x": torch.ones(2),
    }
    changed = with_classes(state, ["a", "b"], now)
    wanted = np.array([0.0 if row < 0 else row + 1.0 for row in rows])
    assert changed["heads.2.levels.1.bias"].numpy() == pytest.approx(wanted)
    assert changed["heads.0.classify.weight"].flatten().numpy() == pytest.approx(wanted)
    assert changed["adapter.x"] is state["adapter.x"]
