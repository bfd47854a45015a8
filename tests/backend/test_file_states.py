# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that was changed is told from one that was not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
from shapely import box

from weft.file_states import file_states


def test_edits_of_a_geopackage_that_is_open_in_qgis_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "labels.gpkg"
    gpd.GeoDataFrame({"class": ["a"]}, geometry=[box(0, 0, 1, 1)], crs=32633).to_file(path)
    with closing(sqlite3.connect(path)) as qgis:
        qgis.execute("PRAGMA journal_mode=wal")
        assert qgis.execute("SELECT class FROM labels").fetchall() == [("a",)]
        opened = file_states([path])
        assert file_states([path]) == opened
        qgis.execute("CREATE TABLE edits (number)")
        qgis.commit()
        assert file_states([path]) != opened


def test_another_class_in_a_shapefile_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "labels.shp"
    labels = gpd.GeoDataFrame({"class": ["a"]}, geometry=[box(0, 0, 1, 1)], crs=32633)
    labels.to_file(path)
    before, shapes = file_states([path]), path.stat()
    labels.assign(**{"class": ["b"]}).to_file(tmp_path / "edited.shp")
    (tmp_path / "edited.dbf").replace(tmp_path / "labels.dbf")
    assert path.stat() == shapes
    assert file_states([path]) != before
