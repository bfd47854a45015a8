# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons as files for others, and how much ground labels cover."""

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer
from qgis_weft.layers.export import FORMATS, export
from qgis_weft.layers.measure import areas_by_class

FIELDS = "field=class:string&field=perimeter_m:double&field=regularised:string"
VALUES = ("hangar", 40.5, "yes")
SQUARE = (
    "POLYGON ((500000 5000000, 500010 5000000, 500010 5000010, 500000 5000010, 500000 5000000))"
)


def polygons(crs, *shapes):
    """A layer in memory of (values, WKT)."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}&{FIELDS}", "polygons", "memory")
    for values, wkt in shapes:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(list(values))
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        layer.dataProvider().addFeatures([feature])
    return layer


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_keeps_values_and_place(qgis_app, tmp_path, suffix):
    path = tmp_path / f"polygons{suffix}"
    export(polygons("EPSG:32633", (VALUES, SQUARE)), path)
    written = QgsVectorLayer(str(path), "written", "ogr")
    (feature,) = written.getFeatures()
    kept = dict(zip(written.fields().names(), feature.attributes()))
    assert tuple(value for name, value in kept.items() if name != "fid") == VALUES
    # other programs cut longer names off, and two of them could become one
    assert suffix != ".shp" or list(kept) == ["class", "perim_m", "regular"]
    geojson = suffix == ".geojson"
    assert written.crs().authid() == ("EPSG:4326" if geojson else "EPSG:32633")
    centre = feature.geometry().centroid().asPoint()
    assert abs(centre.x() - (15.0 if geojson else 500_005)) < 0.01
    assert abs(centre.y() - (45.15 if geojson else 5_000_005)) < 0.01


def test_the_layer_itself_keeps_its_long_names(qgis_app, tmp_path):
    layer = polygons("EPSG:32633", (VALUES, SQUARE))
    export(layer, tmp_path / "polygons.shp")
    assert "perimeter_m" in layer.fields().names()


def test_a_name_of_no_format_is_refused_with_those_there_are(qgis_app, tmp_path):
    with pytest.raises(OSError, match=r"ends in \.gpkg, \.shp, \.geojson, \.fgb"):
        export(polygons("EPSG:32633", (VALUES, SQUARE)), tmp_path / "polygons.kml")


@pytest.mark.parametrize(
    ("crs", "wkt", "square_metres"),
    [
        ("EPSG:32633", SQUARE, 100.08),  # on the central meridian a metre is 0.9996 of one
        (
            "EPSG:4326",
            "POLYGON ((15 45, 15.001 45, 15.001 45.001, 15 45.001, 15 45))",
            8761,
        ),
        # feet
        ("EPSG:2263", "POLYGON ((1e6 2e5, 1000100 2e5, 1000100 200100, 1e6 200100, 1e6 2e5))", 929),
    ],
)
def test_ground_is_measured_in_square_metres_whatever_the_crs(
    qgis_new_project, crs, wkt, square_metres
):
    other = ("shed", *VALUES[1:])
    layer = polygons(crs, (VALUES, wkt), (VALUES, wkt), (other, wkt))
    found = areas_by_class(layer)
    assert found == {
        "hangar": pytest.approx(2 * square_metres, rel=0.001),
        "shed": pytest.approx(square_metres, rel=0.001),
    }
