# SPDX-License-Identifier: GPL-3.0-or-later
"""What a suggestion knows of the ground that is labelled."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS

from weft.grid import Grid
from weft.jobs.start import Ground
from weft.jobs.suggest import SuggestRequest, find_places, labelled_ground
from weft.labels.source import LabelSource
from weft.raster.inspect import inspect

UTM = CRS.from_epsg(32633)
GRID = Grid(UTM, Affine(0.5, 0, 1000, 0, -0.5, 2000), 400, 300)


def test_ground_of_the_model_and_newer_areas_are_labelled() -> None:
    old = shapely.box(1000, 1950, 1050, 2000)
    new = gpd.GeoSeries([shapely.box(1100, 1900, 5000, 1950)], crs=UTM)
    ground = labelled_ground(Ground(old.wkt, None, UTM.to_wkt()), new, GRID)
    wanted = shapely.union_all([shapely.box(0, 0, 100, 100), shapely.box(200, 100, 400, 200)])
    assert ground.equals(wanted)


def test_what_an_image_cannot_show_hides_nothing_that_it_can() -> None:
    inside, beyond = shapely.box(15, 0, 15.1, 0.1), shapely.box(15, 0, 15.1, 95)
    degrees = gpd.GeoSeries([beyond, inside, beyond], crs=CRS.from_epsg(4326))
    grid = Grid(UTM, Affine(10, 0, 500_000, 0, -10, 20_000), 4000, 3000)
    assert shapely.area(labelled_ground(Ground(), degrees, grid)) == pytest.approx(
        degrees.iloc[[1]].to_crs(UTM).area.sum() / 100, rel=0.01
    )


def test_of_a_model_that_does_not_know_it_nothing_is_labelled() -> None:
    assert labelled_ground(Ground(), None, GRID).is_empty
    elsewhere = Ground(shapely.box(0, 0, 1, 1).wkt)
    assert labelled_ground(elsewhere, None, GRID).is_empty


def test_only_ground_that_the_model_has_learned_from_can_teach_a_second_opinion(
    write_raster: Callable[..., Path], tmp_path: Path
) -> None:
    image = write_raster("wide.tif", np.zeros((1, 256, 1024), np.uint8))
    left, top = 500_000, 4_000_000
    boxes = [shapely.box(left + x, top - 256, left + x + 256, top) for x in (0, 256, 512)]
    old, held_out, new = boxes
    gpd.GeoSeries([old, new], crs=UTM).to_file(tmp_path / "areas.gpkg", layer="areas")
    training = SimpleNamespace(seen=old.wkt, held_out_ground=held_out.wkt, seen_crs=UTM.to_wkt())
    card = SimpleNamespace(gsd_m=None, training=training)
    areas = LabelSource(tmp_path / "areas.gpkg", "areas")
    request = SuggestRequest(Path("a.weft"), (image,), tmp_path / "next.gpkg", areas)
    learned, places = find_places(request, SimpleNamespace(card=card), [inspect(image)])
    assert [place.window.column for place in learned] == [0, 256]
    assert [place.window.column for place in places] == [768]
