# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels come from any vector file, and every bad one says what to do."""

import json
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from weft.errors import LabelError
from weft.labels.read import read_areas, read_labels
from weft.labels.source import LabelSource

WriteLayer = Callable[..., Path]
SQUARES = [box(0, 0, 10, 10), box(20, 0, 30, 10), box(40, 0, 50, 10)]
BOW_TIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.fgb"])
def test_formats_read_alike(write_layer: WriteLayer, name: str) -> None:
    crs = "EPSG:4326" if name.endswith("json") else "EPSG:32633"
    path = write_layer(SQUARES, name, crs, **{"class": ["roof", "tree", "roof"]})
    labels = read_labels(LabelSource(path))
    assert labels.classes == ("roof", "tree")
    # FlatGeobuf sorts by place
    assert sorted(labels.frame["class"]) == ["roof", "roof", "tree"]
    assert labels.frame.crs.to_string() == crs
    assert (labels.skipped, labels.mended, labels.thin) == (0, 0, 0)


def test_whole_numbers_become_text_even_beside_nulls(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, code=[2, None, 10])
    labels = read_labels(LabelSource(path), "code")
    assert labels.classes == ("10", "2")
    assert labels.skipped == 1


def test_background_is_no_class(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, **{"class": ["roof", "background", "roof"]})
    labels = read_labels(LabelSource(path))
    assert labels.classes == ("roof",)
    assert len(labels.frame) == 3


def test_skips_and_counts_what_has_no_geometry_or_class(write_layer: WriteLayer) -> None:
    path = write_layer([SQUARES[0], None, Polygon(), SQUARES[1]], **{"class": ["a", "a", "a", " "]})
    labels = read_labels(LabelSource(path))
    assert len(labels.frame) == 1
    assert labels.skipped == 3


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Polygon", [[[0, 0], [1, 0], [1, 1]]]),
        ("Polygon", [[[0, 0], [1, 0]]]),
        ("LineString", [[0, 0]]),
    ],
)
def test_outlines_that_do_not_close_are_skipped(
    tmp_path: Path, kind: str, coordinates: list
) -> None:
    path = write_geojson(tmp_path, {"type": kind, "coordinates": coordinates}, "a")
    labels = read_labels(LabelSource(path))
    assert (len(labels.frame), labels.skipped) == (1, 1)


def test_surfaces_in_space_are_skipped(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, **{"class": ["a"] * 3})
    triangle = shapely.to_wkb(Polygon([(0, 0, 0), (9, 0, 1), (9, 9, 2)]), flavor="iso")
    surface = struct.pack("<BII", 1, 1015, 1) + triangle  # a PolyhedralSurface Z of one
    meta = {"layer": "labels", "append": True, "geometry_type": "Unknown"}
    wkb, classes = np.array([surface], object), np.array(["a"], object)
    pyogrio.raw.write(path, wkb, [classes], ["class"], crs="EPSG:32633", **meta)
    labels = read_labels(LabelSource(path))
    assert (len(labels.frame), labels.skipped) == (3, 1)


def test_several_values_are_one_class(tmp_path: Path) -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    path = write_geojson(tmp_path, square, ["roof", "flat"])
    assert read_labels(LabelSource(path)).classes == ("a", "roof, flat")


def write_geojson(folder: Path, geometry: dict, kind: object) -> Path:
    """A sound square of class a, and one more feature."""
    square = {"type": "Polygon", "coordinates": [[[5, 5], [6, 5], [6, 6], [5, 5]]]}
    features = [
        {"type": "Feature", "properties": {"class": name}, "geometry": shape}
        for shape, name in ((square, ["a"] if isinstance(kind, list) else "a"), (geometry, kind))
    ]
    path = folder / "labels.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_mends_invalid_outlines(write_layer: WriteLayer) -> None:
    labels = read_labels(LabelSource(write_layer([BOW_TIE], **{"class": ["a"]})))
    assert labels.mended == 1
    assert labels.frame.geometry.is_valid.all()
    assert labels.frame.area.sum() == pytest.approx(50)


def test_keeps_lines_points_and_multipolygons(write_layer: WriteLayer) -> None:
    shapes = [Point(1, 2), LineString([(0, 0), (9, 9)]), MultiPolygon(SQUARES)]
    labels = read_labels(LabelSource(write_layer(shapes, **{"class": ["a", "b", "c"]})))
    assert labels.thin == 2
    assert len(labels.frame) == 3


def test_drops_heights(write_layer: WriteLayer) -> None:
    path = write_layer([Polygon([(0, 0, 5), (9, 0, 5), (9, 9, 5)])], **{"class": ["a"]})
    assert not read_labels(LabelSource(path)).frame.has_z.any()


@pytest.mark.parametrize("srs", [-1, 0, 99999])
def test_a_geopackage_that_knows_no_crs_gives_none(write_layer: WriteLayer, srs: int) -> None:
    path = write_layer(SQUARES, layer="labels", **{"class": ["a"] * 3})
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE gpkg_contents SET srs_id = ?", [srs])
        file.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", [srs])
        file.commit()
    assert read_labels(LabelSource(path)).frame.crs is None
    assert read_areas(LabelSource(path)).crs is None


def test_layer_without_fields_is_one_class(write_layer: WriteLayer) -> None:
    labels = read_labels(LabelSource(write_layer(SQUARES)))
    assert labels.classes == ("object",)


def test_missing_class_field_lists_the_fields(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, kind=["a"] * 3, height=[1.0] * 3)
    with pytest.raises(LabelError, match=r"no field 'class'; its fields are: kind, height"):
        read_labels(LabelSource(path))
    with pytest.raises(LabelError, match="no field 'sort'"):
        read_labels(LabelSource(path), "sort")


def test_a_shapefile_that_was_copied_in_part_is_no_single_class(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, "a.shp", **{"class": ["roof", "tree", "roof"]})
    path.with_suffix(".dbf").unlink()
    with pytest.raises(LabelError, match=r"copy all files of the Shapefile, the \.dbf too"):
        read_labels(LabelSource(path))


def test_text_in_another_encoding_is_no_unreadable_file(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, "a.shp", **{"class": ["häuser"] * 3})
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("ä".encode(), b"\xe4 "))
    with pytest.raises(LabelError, match="has text in another encoding than it says"):
        read_labels(LabelSource(path))


def test_named_field_must_exist_even_without_any(write_layer: WriteLayer) -> None:
    with pytest.raises(LabelError, match="it has no fields"):
        read_labels(LabelSource(write_layer(SQUARES)), "kind")


def test_identifier_field_is_recognised_as_no_class(write_layer: WriteLayer) -> None:
    path = write_layer([box(i, 0, i + 1, 1) for i in range(300)], fid2=list(range(300)))
    with pytest.raises(LabelError, match="300 classes in its field 'fid2'"):
        read_labels(LabelSource(path), "fid2")


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"none\.gpkg does not exist"):
        read_labels(LabelSource(tmp_path / "none.gpkg"))


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.txt"])
def test_not_a_vector_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is no map at all")
    with pytest.raises(LabelError, match="cannot be read as a vector file"):
        read_labels(LabelSource(path))


def test_table_without_geometry(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("class\nroof\n")
    with pytest.raises(LabelError, match="no layer with geometry"):
        read_labels(LabelSource(path))


def test_nothing_but_empty_features(write_layer: WriteLayer) -> None:
    path = write_layer([None, Polygon()], "a.gpkg", **{"class": ["a", "a"]})
    with pytest.raises(LabelError, match="no label with a geometry and a class"):
        read_labels(LabelSource(path))


def test_several_layers_must_be_named(write_layer: WriteLayer) -> None:
    write_layer(SQUARES, layer="labels", **{"class": ["a"] * 3})
    path = write_layer(SQUARES, layer="areas", number=[1, 2, 3])
    with pytest.raises(LabelError, match=r"several layers \(labels, areas\)"):
        read_labels(LabelSource(path))
    with pytest.raises(LabelError, match=r"no layer 'label'; its layers are: labels, areas"):
        read_labels(LabelSource(path, "label"))
    assert len(read_labels(LabelSource(path, "labels")).frame) == 3
    assert len(read_areas(LabelSource(path, "areas"))) == 3


def test_style_table_of_qgis_is_no_second_layer(write_layer: WriteLayer) -> None:
    path = write_layer(SQUARES, layer="labels", **{"class": ["a"] * 3})
    styles = gpd.pd.DataFrame({"styleName": ["default"]})
    pyogrio.write_dataframe(styles, path, layer="layer_styles", append=True)
    assert len(read_labels(LabelSource(path)).frame) == 3


def test_areas_are_valid_polygons_only(write_layer: WriteLayer) -> None:
    areas = read_areas(LabelSource(write_layer([BOW_TIE, None, SQUARES[1], Point(0, 0)])))
    assert len(areas) == 2
    assert areas.is_valid.all()


def test_areas_without_polygons(write_layer: WriteLayer) -> None:
    with pytest.raises(LabelError, match="no polygons to use as areas"):
        read_areas(LabelSource(write_layer([Point(0, 0)])))
