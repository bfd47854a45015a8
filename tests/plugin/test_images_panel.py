# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the project: what they are, and which can be ticked."""

from qgis.core import QgsDataProvider, QgsProject, QgsRasterLayer
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
