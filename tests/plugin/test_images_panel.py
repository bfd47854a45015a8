# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the project: what they are, and which can be ticked."""

import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsDataProvider, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt


def test_the_panel_says_what_an_image_is(load, image):
    plugin = load()
    words = plugin.dock.images.facts.text()
    for word in ("64 × 48 px", "3 bands", "uint8", "0.5 m a pixel", "EPSG:32631", "nodata 0"):
        assert word in words


def test_a_layer_that_is_mended_can_be_ticked(load, image, tmp_path):
    plugin = load()
    broken = QgsRasterLayer(str(tmp_path / "gone.tif"), "broken")
    QgsProject.instance().addMapLayer(broken)
    items = plugin.dock.images.list
    row = next(r for r in range(items.count()) if items.item(r).text() == "broken")
    assert not items.item(row).flags() & Qt.ItemFlag.ItemIsUserCheckable
    options = QgsDataProvider.ProviderOptions()
    broken.setDataSource(image.source(), "broken", "gdal", options)
    row = next(r for r in range(items.count()) if items.item(r).text() == "broken")
    assert items.item(row).flags() & Qt.ItemFlag.ItemIsUserCheckable


def offered(plugin):
    return bool(plugin.dock.images.list.item(0).flags() & Qt.ItemFlag.ItemIsUserCheckable)


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:4326", ""])
def test_an_image_that_its_file_puts_elsewhere_is_not_offered(load, image, crs):
    plugin = load()
    image.setCrs(QgsCoordinateReferenceSystem(crs))
    assert not offered(plugin)
    assert "not that of its file" in plugin.dock.images.facts.text()
    image.setCrs(image.dataProvider().crs())
    assert offered(plugin)


def test_another_crs_that_leaves_an_image_where_it_is_is_no_obstacle(load, image):
    plugin = load()
    image.setCrs(QgsCoordinateReferenceSystem("EPSG:25831"))
    assert offered(plugin)


def test_an_image_file_without_crs_says_what_to_do(load, tmp_path):
    path = str(tmp_path / "bare.tif")
    gdal.GetDriverByName("GTiff").Create(path, 8, 8).SetGeoTransform((0, 1, 0, 8, 0, -1))
    layer = QgsRasterLayer(path, "bare")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    plugin = load()
    QgsProject.instance().addMapLayer(layer)
    assert not offered(plugin)
    assert "Assign Projection" in plugin.dock.images.facts.text()
