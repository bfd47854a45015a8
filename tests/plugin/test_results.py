# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine made is shown in the colours of the classes, in whatever order they come."""

import pytest
from osgeo import gdal
from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsRectangle, QgsVectorLayer
from qgis_weft.layers.results import (
    PREVIEW,
    RESULT,
    layers_of,
    restyle,
    show_polygons,
    show_probabilities,
)
from qgis_weft.layers.styles import OTHER_COLOUR, style_polygons
from qgis_weft.model.state import LabelClass, State, limit_class

ONE_POLYGON = """{"type": "FeatureCollection", "features": [{"type": "Feature",
    "properties": {"class": "ship"}, "geometry":
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}"""
STATE = State(classes=(LabelClass("ship", "#0000ff"), LabelClass("building", "#ff0000")))


@pytest.fixture
def raster(tmp_path, qgis_new_project):
    path = tmp_path / "town_prob.tif"
    made = gdal.GetDriverByName("GTiff").Create(str(path), 8, 8, 2, gdal.GDT_Byte)
    made.SetGeoTransform((0, 1, 0, 8, 0, -1))
    made = None
    return path


def strongest(layer):
    """The colour of probability 1, and the value below which nothing is shown."""
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    return items[-1].color.name(), items[1].value


def test_bands_get_the_colours_of_their_own_classes(raster):
    layers = show_probabilities([raster], ["building", "ship"], PREVIEW, "{}")
    restyle(layers, limit_class(STATE, "ship", threshold=0.75), 0.6)
    assert [layer.name() for layer in layers] == ["building", "ship"]
    assert [layer.renderer().band() for layer in layers] == [1, 2]
    assert [strongest(layer) for layer in layers] == [("#ff0000", 127.0), ("#0000ff", 190.5)]
    assert layers[0].opacity() == pytest.approx(0.6)


def test_a_new_preview_takes_the_place_of_the_old(raster):
    show_probabilities([raster], ["building", "ship"], PREVIEW, "{}")
    show_probabilities([raster], ["building", "crane"], PREVIEW, "{}")
    layers = layers_of(PREVIEW)
    assert sorted(layer.name() for layer in layers) == ["building", "crane"]
    restyle(layers, STATE, 1.0)
    crane = next(layer for layer in layers if layer.name() == "crane")
    assert strongest(crane)[0] == OTHER_COLOUR


def test_polygons_switch_the_preview_off_and_the_next_preview_is_seen(raster, tmp_path):
    file = tmp_path / "polygons.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    shown = QgsProject.instance().layerTreeRoot().findLayer
    show_probabilities([raster], ["building"], PREVIEW, "{}")
    polygons = show_polygons(file, STATE.classes)
    assert not shown(layers_of(PREVIEW)[0]).isVisible()
    assert shown(polygons).isVisible()
    show_probabilities([raster], ["building"], PREVIEW, "{}")
    assert shown(layers_of(PREVIEW)[0]).isVisible()


def test_polygons_of_an_unknown_class_are_drawn_too(qgis_new_project):
    layer = QgsVectorLayer("Polygon?field=class:string", "polygons", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(0, 0, 1, 1)))
    feature.setAttribute("class", "crane")
    layer.dataProvider().addFeature(feature)
    style_polygons(layer, STATE.classes)
    renderer = layer.renderer()
    index = renderer.categoryIndexForValue("crane")
    assert renderer.categories()[index].value() == ""


@pytest.fixture
def paths(qgis_new_project, tmp_path):
    """Two files of polygons."""
    made = [tmp_path / f"{name}.geojson" for name in ("first", "second")]
    for path in made:
        path.write_text(ONE_POLYGON, encoding="utf-8")
    return made


def test_polygons_with_edits_that_are_not_saved_stay_beside_the_new_ones(paths):
    edited = show_polygons(paths[0], STATE.classes)
    edited.startEditing()
    edited.deleteFeature(next(edited.getFeatures()).id())
    fresh = show_polygons(paths[1], STATE.classes)
    assert layers_of(RESULT) == [fresh]
    assert edited.isModified() and edited.name() == "Polygons (edited)"
    show_polygons(paths[0], STATE.classes)
    assert edited.id() in QgsProject.instance().mapLayers()
    assert len(QgsProject.instance().mapLayers()) == 2


def edit_and_save(layer, name):
    layer.startEditing()
    layer.changeAttributeValue(next(layer.getFeatures()).id(), 0, name)
    assert layer.commitChanges()


def test_polygons_with_edits_that_were_saved_stay_too(load, paths, tmp_path):
    load()
    project = QgsProject.instance()
    show_polygons(paths[0], STATE.classes)
    assert project.write(str(tmp_path / "town.qgz")) and project.read()
    (edited,) = layers_of(RESULT)
    edit_and_save(edited, "barge")
    assert project.write() and project.read()
    fresh = show_polygons(paths[1], STATE.classes)
    (edited,) = project.mapLayersByName("Polygons (edited)")
    assert [each["class"] for each in edited.getFeatures()] == ["barge"]
    assert layers_of(RESULT) == [fresh]


def test_polygons_that_editing_left_as_they_were_go(load, paths):
    load()
    first = show_polygons(paths[0], STATE.classes)
    first.startEditing()
    assert first.commitChanges()
    show_polygons(paths[1], STATE.classes)
    assert len(QgsProject.instance().mapLayers()) == 1
