# SPDX-License-Identifier: GPL-3.0-or-later
"""Walls become straight and meet at right angles; neighbours stay neighbours."""

from time import process_time

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import affinity

from weft.polygons.clean import tidy
from weft.polygons.coverage import simplify
from weft.polygons.right_angles import LEAST_IOU, MOST_CHANGE, square
from weft.polygons.trace import Polygons, trace

SQUARE = (1.0, 1.0)
NONE = np.empty(0, object)
HOUSE = shapely.Polygon([(0, 0), (30, 0), (30, 12), (14, 12), (14, 25), (0, 25)])
YARD = shapely.Polygon(
    [(0, 0), (40, 0), (40, 40), (0, 40)], [[(12, 12), (28, 12), (28, 28), (12, 28)]]
)


def every(polygons: Polygons) -> np.ndarray:
    return np.ones(len(polygons), bool)


def trembling(polygon: shapely.Polygon, by: float, seed: int = 0) -> shapely.Polygon:
    """With a vertex every nine pixels, each a little off."""
    random = np.random.default_rng(seed)
    split = shapely.segmentize(polygon, 9)
    rings = [np.array(ring.coords)[:-1] for ring in (split.exterior, *split.interiors)]
    shell, *holes = (ring + random.uniform(-by, by, ring.shape) for ring in rings)
    return shapely.Polygon(shell, holes)


def turns(polygon: shapely.Polygon) -> np.ndarray:
    """The cosine of the angle between each two walls that meet."""
    found = []
    for ring in (polygon.exterior, *polygon.interiors):
        steps = np.diff(np.array(ring.coords), axis=0)
        steps /= np.hypot(steps[:, 0], steps[:, 1])[:, None]
        found.append((steps * np.roll(steps, -1, axis=0)).sum(1))
    return np.concatenate(found)


@given(
    st.sampled_from([HOUSE, YARD]),
    st.floats(0, 360),
    st.floats(0, 0.6),
    st.integers(0, 1000),
    st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)),
)
def test_a_house_gets_its_right_angles_back(
    true: shapely.Polygon,
    angle: float,
    by: float,
    seed: int,
    shift: tuple[float, float],
) -> None:
    true = affinity.translate(affinity.rotate(true, angle), *shift)
    seen = np.array([trembling(true, by, seed)])
    (house,), done = square(seen, every(seen), SQUARE, NONE)
    assert done.all()
    assert np.abs(turns(house)).max() < 1e-6
    assert len(house.exterior.coords) == len(true.exterior.coords)
    common = shapely.area(shapely.intersection(house, true))
    assert common / shapely.area(shapely.union(house, true)) > 0.93


@pytest.mark.parametrize("cut", [3, 5])
def test_corners_that_were_cut_off_come_back(cut: float) -> None:
    octagon = shapely.Polygon(
        [
            (cut, 0), (60 - cut, 0), (60, cut), (60, 40 - cut),
            (60 - cut, 40), (cut, 40), (0, 40 - cut), (0, cut),
        ]
    )  # fmt: skip
    (house,), done = square(np.array([octagon]), np.array([True]), SQUARE, NONE)
    assert done.all()
    assert shapely.equals_exact(
        shapely.normalize(house), shapely.normalize(shapely.box(0, 0, 60, 40)), 1e-9
    )


def test_what_would_change_too_much_stays() -> None:
    cut = shapely.Polygon(
        [(6, 0), (24, 0), (30, 6), (30, 24), (24, 30), (6, 30), (0, 24), (0, 6)]
    )  # squared it would have 9 % more area
    offset = shapely.Polygon(
        [(0, 0), (30, 0), (30, 2.9), (60, 2.9), (60, 14.9), (30, 14.9), (30, 12), (0, 12)]
    )  # without the step its IoU with itself would be 0.78
    seen = np.array([cut, affinity.translate(offset, 100, 0)])
    found, done = square(seen, every(seen), SQUARE, NONE)
    assert not done.any()
    assert shapely.equals_exact(found, seen).all()


@pytest.mark.parametrize("shed", [shapely.box(96, 76, 99.5, 79.5), shapely.box(95, 75, 104, 84)])
def test_no_corner_comes_back_over_another_building(shed: shapely.Polygon) -> None:
    house = shapely.Polygon([(0, 0), (100, 0), (100, 68), (88, 80), (0, 80)])
    assert square(np.array([house]), np.array([True]), SQUARE, NONE)[1].all()
    seen = np.array([house, shed])
    found, done = square(seen, every(seen), SQUARE, NONE)
    assert not done.any()
    assert shapely.equals_exact(found, seen).all()
    assert not square(seen[:1], np.array([True]), SQUARE, seen[1:])[1].any()
    flat = shapely.transform(seen, lambda points: points * [1.0, 0.5])
    assert not square(flat[:1], np.array([True]), (1.0, 2.0), flat[1:])[1].any()


def test_many_houses_beside_a_long_river_take_little_time() -> None:
    steps = np.arange(40_000)
    bank = np.column_stack([steps / 20, np.sin(steps) - 5])
    river = shapely.Polygon([*bank, (2000, -20), (-20, -20), (-20, 2000), (-10, 2000)])
    west, south = (each.ravel() * 20.0 for each in np.indices((100, 100)))
    seen = np.append(shapely.box(west, south, west + 12, south + 12), river)
    begun = process_time()
    _, done = square(seen, every(seen), SQUARE, NONE)
    assert process_time() - begun < 4  # about 9 where each house looks at each edge
    assert done[:-1].all()


def test_neighbours_share_their_wall_and_one_that_is_not_wanted_stays() -> None:
    random = np.random.default_rng(1)
    corners = np.array([[0, 0], [20, 0], [20, 16], [0, 16], [36, 0], [36, 16], [52, 0], [52, 16]])
    corners = corners + random.uniform(-0.2, 0.2, corners.shape)
    row = np.array(
        [shapely.Polygon(corners[list(c)]) for c in ((0, 1, 2, 3), (1, 4, 5, 2), (4, 6, 7, 5))]
    )
    houses, done = square(row, every(row), SQUARE, NONE)
    assert done.all()
    assert shapely.coverage_is_valid(houses)
    assert shapely.area(shapely.union_all(houses)) == pytest.approx(shapely.area(houses).sum())
    assert np.abs(np.concatenate(list(map(turns, houses)))).max() < 1e-6
    houses, done = square(row, np.array([True, True, False]), SQUARE, NONE)
    assert list(done) == [True, True, False]
    assert shapely.equals_exact(houses[2], row[2])
    assert shapely.coverage_is_valid(houses)


def test_what_is_round_or_slanting_stays() -> None:
    tank = affinity.translate(shapely.Point(0, 0).buffer(12), 100, 0)
    roof = shapely.Polygon([(0, 0), (40, 0), (20, 30)])
    seen = np.array([tank, roof])
    found, done = square(seen, every(seen), SQUARE, NONE)
    assert not done[0] and shapely.equals_exact(found[0], tank)
    assert shapely.area(shapely.symmetric_difference(found[1], roof)) < 0.1 * roof.area


def test_right_angles_are_meant_on_the_ground() -> None:
    """At 60 degrees north, pixels of equal degrees are twice as high as wide."""
    seen = np.array([affinity.scale(trembling(affinity.rotate(HOUSE, 30), 0.3), yfact=0.5)])
    (house,), done = square(seen, every(seen), (1.0, 2.0), NONE)
    assert done.all()
    assert np.abs(turns(affinity.scale(house, yfact=2.0))).max() < 1e-6


def test_nothing_to_do() -> None:
    assert len(square(NONE, np.empty(0, bool), SQUARE, NONE)[0]) == 0
    seen = np.array([HOUSE])
    assert square(seen, np.array([False]), SQUARE, NONE)[0] is seen


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 16), st.integers(1, 16)), elements=st.integers(0, 3)),
    st.floats(1, 3),
    st.integers(1, 4),
    st.data(),
)
def test_no_shape_is_spoilt(mask: np.ndarray, by: float, zoom: int, data: st.DataObject) -> None:
    polygons, _ = tidy(simplify(trace(np.kron(mask, np.ones((zoom, zoom), np.uint8)))[0], by))
    wanted = data.draw(arrays(np.bool_, len(polygons)))
    found, done = square(polygons, wanted, SQUARE, NONE)
    assert not (done & ~wanted).any()
    assert shapely.is_valid(found).all()
    before, after = shapely.area(polygons), shapely.area(found)
    common = shapely.area(shapely.intersection(polygons, found))
    assert (common >= LEAST_IOU * (before + after - common) - 1e-9).all()
    assert (np.abs(after - before) <= MOST_CHANGE * before + 1e-9).all()
    still = ~wanted
    assert shapely.equals_exact(found[still], polygons[still]).all()
    one, _ = shapely.STRtree(found).query(found, predicate="overlaps")
    assert len(one) == 0
