# SPDX-License-Identifier: GPL-3.0-or-later
"""The GSD that a model works at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from pyproj import CRS
from shapely import Point, box

from weft.jobs.resolution import FINER, SMALL_SIDE, choose_gsd
from weft.labels.read import Labels
from weft.progress import Context
from weft.raster import inspect
from weft.raster.inspect import RasterInfo

UTM = CRS.from_epsg(32633)
LEFT, TOP = 500_000, 4_000_000


@pytest.fixture
def image(write_raster: Callable[..., Path]) -> Callable[..., RasterInfo]:
    def image(metres: float, crs: str | None = "EPSG:32633") -> RasterInfo:
        place = Affine(metres, 0, LEFT, 0, -metres, TOP)
        pixels = np.full((3, 8, 8), 9, "uint8")
        return inspect(write_raster(f"{metres}{crs}.tif", pixels, transform=place, crs=crs))

    return image


def squares(crs: CRS | None = UTM, **sides: list[float]) -> Labels:
    """Labelled squares with sides in metres, by class."""
    names = [name for name, each in sides.items() for _ in each]
    shapes = [box(LEFT, TOP - side, LEFT + side, TOP) for each in sides.values() for side in each]
    frame = gpd.GeoDataFrame({"class": names}, geometry=shapes, crs=crs)
    return Labels(frame, tuple(sorted(set(names) - {"background"})))


def test_a_model_works_at_the_median_gsd_of_its_images(
    image: Callable[..., RasterInfo], context: Context, heard: Any
) -> None:
    infos, large = [image(4), image(1), image(2)], squares(roof=[200])
    assert choose_gsd(infos, large, context) == pytest.approx(2, rel=1e-3)
    unplaced = image(1, crs=None)
    assert choose_gsd([unplaced], squares(None, roof=[1]), context) is None
    assert choose_gsd([unplaced, infos[0]], large, context) == pytest.approx(4, rel=1e-3)
    assert not heard.notes


def test_it_is_finer_where_objects_are_small_and_that_is_told(
    image: Callable[..., RasterInfo], context: Context, heard: Any
) -> None:
    info = image(0.5)
    at_limit, below = SMALL_SIDE * 0.5 + 0.1, SMALL_SIDE * 0.5 - 0.1
    # half of the objects have to be small, not their mean
    assert choose_gsd([info], squares(roof=[1, at_limit, 20]), context) == pytest.approx(0.5, 1e-3)
    assert not heard.notes
    finer = choose_gsd([info], squares(roof=[5, below, 400]), context)
    assert finer == pytest.approx(0.5 / FINER, rel=1e-3)
    assert heard.notes == [
        "The labelled objects are small, about 25 pixels a side, so the model works at a GSD of "
        "0.31 m instead of 0.5 m, which finds more of them and takes longer to predict; choose "
        "another with --gsd."
    ]


def test_background_is_no_object(
    image: Callable[..., RasterInfo], context: Context, heard: Any
) -> None:
    labels = squares(background=[1] * 9, house=[50])
    assert choose_gsd([image(1)], labels, context) == pytest.approx(1, rel=1e-3)
    assert not heard.notes


def test_labels_without_an_area_tell_no_size(
    image: Callable[..., RasterInfo], context: Context
) -> None:
    points = gpd.GeoDataFrame({"class": ["pole"]}, geometry=[Point(LEFT, TOP)], crs=UTM)
    assert choose_gsd([image(1)], Labels(points, ("pole",)), context) == pytest.approx(1, 1e-3)


def test_no_image_becomes_too_coarse_for_the_finer_gsd(
    image: Callable[..., RasterInfo], context: Context, heard: Any
) -> None:
    infos, small = [image(1), image(7)], squares(roof=[10])
    assert choose_gsd(infos, small, context) == pytest.approx(1, rel=1e-3)
    assert not heard.notes
