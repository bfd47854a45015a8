# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows to choose from cover what is not labelled, and nothing else."""

import numpy as np
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.grid import Grid, Window
from weft.suggestions.places import (
    MOST_KNOWN,
    SIDE,
    Place,
    labelled_places,
    thinned,
    unlabelled_places,
)

SIDES = st.integers(1, 1500)


def grid(width: int, height: int) -> Grid:
    return Grid(None, Affine.identity(), width, height)


def box(window: Window) -> shapely.Polygon:
    return shapely.box(
        window.column, window.row, window.column + window.width, window.row + window.height
    )


@settings(deadline=None, max_examples=40)
@given(SIDES, SIDES, st.floats(0.3, 3.0), st.integers(0, 1200), st.integers(0, 1200))
def test_every_pixel_is_labelled_or_beside_labels_or_in_a_window(
    width: int, height: int, scale: float, left: int, top: int
) -> None:
    labelled = shapely.intersection(
        shapely.box(left, top, left + 300, top + 200), shapely.box(0, 0, width, height)
    )
    places = unlabelled_places(0, grid(width, height), scale, labelled)
    windows = [box(place.window) for place in places]
    side = round(SIDE / scale)
    for place, window in zip(places, windows, strict=True):
        assert shapely.box(0, 0, width, height).covers(window)
        assert place.window.width == min(side, width)
        assert place.shape == (
            max(1, round(place.window.height * scale)),
            max(1, round(place.window.width * scale)),
        )
        assert window.intersection(labelled).area <= MOST_KNOWN * window.area
    left_out = shapely.box(0, 0, width, height).difference(shapely.union_all(windows))
    reach = labelled.buffer(side, join_style="mitre")
    assert left_out.difference(reach).area == 0


def test_each_labelled_polygon_has_its_windows() -> None:
    areas = shapely.union_all([shapely.box(10, 20, 266, 276), shapely.box(600, 0, 3000, 100)])
    places = labelled_places(3, grid(4000, 400), 1.0, areas)
    assert Place(3, Window(10, 20, 256, 256), (256, 256)) in places
    assert sorted(place.window.width for place in places) == [256] * 11
    assert labelled_places(0, grid(9, 9), 1.0, shapely.Polygon()) == []


@given(st.integers(0, 500), st.integers(1, 64), st.integers(0, 9))
def test_a_few_of_many_places_are_spread_over_all(count: int, most: int, seed: int) -> None:
    places = [Place(0, Window(i, 0, 1, 1), (1, 1)) for i in range(count)]
    few = thinned(places, most, np.random.default_rng(seed))
    assert len(few) == len(set(few)) == min(count, most)
    gaps = np.diff([place.window.column for place in few])
    assert not len(gaps) or gaps.max() <= np.ceil(max(1, count / most))
