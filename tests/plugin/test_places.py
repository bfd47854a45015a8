# SPDX-License-Identifier: GPL-3.0-or-later
"""Places to look at: listed, and a click leads there."""

from hands import texts_of, tick
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis_weft.gui.place_list import go_to


def test_places_to_label_next_are_listed_and_a_click_leads_there(load, image, qtbot):
    plugin = load()
    tick(plugin)
    found, canvas = plugin.dock.look.suggestions, plugin.iface.mapCanvas()
    assert not found.ask.isEnabled()
    plugin.session.update(model="/maps/town.weft")
    canvas.setExtent(image.extent())
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        found.ask.click()
    assert texts_of(found.list) == ["1  the model is unsure here", "2  a new reason"]
    found.list.itemClicked.emit(found.list.item(1))
    window = QgsRectangle(500020, 3999990, 500028, 3999998)
    assert canvas.extent().contains(window)
    assert canvas.extent().height() < image.extent().height()
    QgsProject.instance().clear()
    assert found.list.count() == 0 and found.list.isHidden()


def test_a_place_is_shown_in_the_coordinates_of_the_map(load, image):
    plugin = load()
    canvas = plugin.iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    place = QgsGeometry.fromRect(QgsRectangle(500004, 3999990, 500012, 3999998))
    go_to(canvas, place.asWkt(), QgsCoordinateReferenceSystem("EPSG:32631").toWkt())
    assert canvas.extent().contains(QgsPointXY(3.00009, 36.14466))
    assert canvas.extent().width() < 0.001
