# SPDX-License-Identifier: GPL-3.0-or-later
"""What a suggestion knows of the ground that is labelled."""

import geopandas as gpd
import shapely
from affine import Affine
from pyproj import CRS

from weft.grid import Grid
from weft.jobs.start import Ground
from weft.jobs.suggest import labelled_ground

UTM = CRS.from_epsg(32633)
GRID = Grid(UTM, Affine(0.5, 0, 1000, 0, -0.5, 2000), 400, 300)


def test_ground_of_the_model_and_newer_areas_are_labelled() -> None:
    old = shapely.box(1000, 1950, 1050, 2000)
    new = gpd.GeoSeries([shapely.box(1100, 1900, 5000, 1950)], crs=UTM)
    ground = labelled_ground(Ground(old.wkt, UTM.to_wkt()), new, GRID)
    wanted = shapely.union_all([shapely.box(0, 0, 100, 100), shapely.box(200, 100, 400, 200)])
    assert ground.equals(wanted)


def test_of_a_model_that_does_not_know_it_nothing_is_labelled() -> None:
    assert labelled_ground(Ground(None, None), None, GRID).is_empty
    elsewhere = Ground(shapely.box(0, 0, 1, 1).wkt, None)
    assert labelled_ground(elsewhere, None, GRID).is_empty
