# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a web layer becomes a raster of its own."""

import pytest
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtGui import QColor, QImage
from qgis_weft.layers.images import describe
from qgis_weft.layers.web import MOST_PIXELS, size_in_pixels

MERCATOR = QgsCoordinateReferenceSystem("EPSG:3857")
WORLD = 20037508.342789244


@pytest.fixture
def tiles(tmp_path, qgis_new_project):
    """A web layer of four tiles, the western two red and the eastern two blue."""
    for column, colour in ((0, "#c80000"), (1, "#0000c8")):
        folder = tmp_path / "tiles" / "1" / str(column)
        folder.mkdir(parents=True)
        for row in (0, 1):
            image = QImage(256, 256, QImage.Format.Format_RGB32)
            image.fill(QColor(colour))
            image.save(str(folder / f"{row}.png"))
    url = f"file://{tmp_path}/tiles/{{z}}/{{x}}/{{y}}.png"
    layer = QgsRasterLayer(f"type=xyz&zmin=1&zmax=1&url={url}", "web", "wms")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


def show_world(canvas):
    canvas.resize(400, 300)
    canvas.setDestinationCrs(MERCATOR)
    canvas.setExtent(QgsRectangle(-WORLD / 2, -WORLD / 2, WORLD / 2, WORLD / 2))


def test_a_web_layer_offers_its_extent(tiles):
    facts = describe(tiles)
    assert facts.remote
    assert "save this extent" in facts.problem


def test_sizes_are_whole_pixels_and_bounded():
    assert size_in_pixels(QgsRectangle(0, 0, 10.2, 5), 0.5) == (21, 10)
    with pytest.raises(ValueError, match="20400"):
        size_in_pixels(QgsRectangle(0, 0, 10200, 5), 0.5)
    assert MOST_PIXELS == 20_000


def test_the_view_becomes_an_image_that_is_ticked(load, tiles, qtbot):
    plugin = load()
    show_world(plugin.iface.mapCanvas())
    saving = plugin.wiring.saving
    with qtbot.waitSignal(saving.saved, timeout=20_000) as told:
        saving.start(tiles, 50_000.0)
    layer, path = told.args
    assert layer.id() in plugin.session.state.images
    raster = gdal.Open(path)
    assert raster.GetGeoTransform()[1] == 50_000.0
    assert raster.GetGeoTransform()[5] == -50_000.0
    # the map is wider than the world, which is in its middle
    row, quarter = raster.RasterYSize // 2 - 5, int(WORLD / 4 / 50_000)
    west, east = (
        raster.ReadAsArray(column, row, 1, 1).ravel().tolist()
        for column in (raster.RasterXSize // 2 - quarter, raster.RasterXSize // 2 + quarter)
    )
    assert west[:3] == [200, 0, 0]
    assert east[:3] == [0, 0, 200]


def test_a_view_is_saved_though_its_layer_is_removed_meanwhile(load, tiles, qtbot):
    plugin = load()
    show_world(plugin.iface.mapCanvas())
    saving = plugin.wiring.saving
    with qtbot.waitSignal(saving.saved, timeout=20_000) as told:
        saving.start(tiles, 50_000.0)
        QgsProject.instance().removeMapLayer(tiles.id())
    assert told.args[0].name() == "web (saved view)"


def test_a_view_is_given_up_with_its_project(load, tiles, qtbot):
    plugin, refused = load(), []
    show_world(plugin.iface.mapCanvas())
    plugin.wiring.saving.refused.connect(refused.append)
    plugin.wiring.saving.start(tiles, 50_000.0)
    QgsProject.instance().clear()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=20_000)
    assert not QgsProject.instance().mapLayers() and not refused


def test_too_many_pixels_are_refused_in_a_sentence(load, tiles):
    plugin = load()
    show_world(plugin.iface.mapCanvas())
    told = []
    plugin.wiring.saving.refused.connect(told.append)
    plugin.wiring.saving.start(tiles, 1.0)
    assert "too many" in told[0]


def test_a_folder_that_cannot_be_written_to_is_a_sentence(load, tiles, tmp_path):
    plugin = load()
    (tmp_path / "unsaved").touch()
    show_world(plugin.iface.mapCanvas())
    told = []
    plugin.wiring.saving.refused.connect(told.append)
    plugin.wiring.saving.start(tiles, 50_000.0)
    assert "cannot be saved" in told[0] and str(tmp_path / "unsaved") in told[0]
