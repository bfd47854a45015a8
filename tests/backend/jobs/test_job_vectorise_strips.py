# SPDX-License-Identifier: GPL-3.0-or-later
"""However high the strips are in which rasters are read, the polygons are the same."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from rasterio.features import rasterize
from scipy import ndimage
from shapely import Polygon, box

from weft.jobs import vectorise as job
from weft.jobs.vectorise import VectoriseRequest, vectorise
from weft.polygons.strips import read_strips
from weft.progress import Context

Make = Callable[..., tuple[Path, Path]]


def read(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(path).sort_values(["class", "area_m2"], ignore_index=True)


@pytest.fixture
def in_strips(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes strips of so many rows."""

    def change(rows: int) -> None:
        monkeypatch.setattr(job, "read_strips", partial(read_strips, rows=rows))

    return change


@pytest.mark.parametrize("rows", [1, 4, 13])
def test_the_result_does_not_depend_on_strips(
    write_prediction: Make,
    row_of_houses: np.ndarray,
    tmp_path: Path,
    context: Context,
    in_strips: Callable[[int], None],
    rows: int,
) -> None:
    row_of_houses[0, 8, 7:9] = 0.1
    classes, _ = write_prediction(row_of_houses, ("roof", "tree"))
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", min_hole_m2=1, simplify_m=1)
    vectorise(request, context)
    in_strips(rows)
    vectorise(replace(request, out=tmp_path / "b.gpkg"), context)
    assert read(tmp_path / "a.gpkg").equals(read(tmp_path / "b.gpkg"))


@pytest.mark.parametrize("seed", range(2))
def test_neighbours_that_touch_have_right_angles_in_any_strips(
    write_prediction: Make,
    tmp_path: Path,
    context: Context,
    in_strips: Callable[[int], None],
    seed: int,
) -> None:
    noise = np.random.default_rng(seed).normal(size=(3, 400, 50))
    smooth = ndimage.gaussian_filter(noise, (0, 2, 2))
    classes, _ = write_prediction(np.clip(0.5 + 4 * smooth, 0, 1), ("roof", "tree"))
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", shape="right-angles", simplify_m=1)
    vectorise(request, context)
    for rows in (7, 40):
        in_strips(rows)
        vectorise(replace(request, out=tmp_path / "b.gpkg"), context)
        found = [gpd.read_file(tmp_path / name) for name in ("a.gpkg", "b.gpkg")]
        one, other = ({*frame.geometry.to_wkb(hex=True)} for frame in found)
        assert one == other


@pytest.mark.parametrize("upside_down", [False, True])
def test_right_angles_never_overlap_what_another_strip_completes(
    write_prediction: Make,
    tmp_path: Path,
    context: Context,
    in_strips: Callable[[int], None],
    upside_down: bool,
) -> None:
    """A shed stands where the corner of a house would come back."""
    house = Polygon([(0, 10), (100, 10), (100, 78), (88, 90), (0, 90)])
    shapes = [(house, 0.9), (box(95, 86, 104, 110), 0.9)]
    pixels = rasterize(shapes, out_shape=(120, 110), dtype="float64")[None]
    classes, _ = write_prediction(pixels[:, ::-1] if upside_down else pixels, ("roof",))
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", shape="right-angles")
    for rows in (120, 15):
        in_strips(rows)
        one, other = gpd.read_file(vectorise(request, context).out).geometry
        assert one.intersection(other).area < 1e-6
        assert min(one.area, other.area) > 190


@pytest.mark.parametrize("rows", [40, 3])
def test_a_hole_around_another_object_stays(
    write_prediction: Make,
    tmp_path: Path,
    context: Context,
    in_strips: Callable[[int], None],
    rows: int,
) -> None:
    pixels = np.zeros((1, 40, 50))
    pixels[0, 5:35, 5:35] = 0.9
    pixels[0, 8:13, 8:13] = pixels[0, 18:23, 8:13] = 0.0
    pixels[0, 10, 10] = 0.9
    classes, _ = write_prediction(pixels, ("roof",))
    in_strips(rows)
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", min_hole_m2=30)
    assert list(read(vectorise(request, context).out)["area_m2"]) == [1, 900 - 25]


def test_progress_is_told_strip_by_strip(
    write_prediction: Make,
    probability: np.ndarray,
    tmp_path: Path,
    context: Context,
    heard,
    in_strips: Callable[[int], None],
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"))
    in_strips(10)
    vectorise(VectoriseRequest((classes,), tmp_path / "a.gpkg"), context)
    told = [(each.done, each.total) for each in heard.reports if "Outlines" in each.text]
    assert told == [(10, 40), (20, 40), (30, 40), (40, 40)]
