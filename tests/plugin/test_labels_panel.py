# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes in the panel and in the labels are the same ones."""

from hands import draw_enough, listen, tick
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsRectangle


def test_every_label_has_a_class_in_the_panel(load, image, qtbot):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)

    def names():
        return [each.name for each in plugin.session.state.classes]

    plugin.desk.labels.rename("building", "roof")
    plugin.wiring.show_labelled()
    assert names() == ["building", "roof"]
    panel = plugin.dock.labels
    panel.table.setCurrentCell(1, 1)
    panel._remove()
    plugin.wiring.show_labelled()
    assert names() == ["building"] and plugin.desk.labels.labels.featureCount() == 0
    plugin.desk.labels.labels.undoStack().undo()
    plugin.wiring.show_labelled()
    assert names() == ["building", "roof"]
    panel.table.renamed.emit(1, "house")
    plugin.wiring.show_labelled()
    assert names() == ["building", "house"]


def test_a_class_name_that_is_refused_is_not_shown(load, image, monkeypatch):
    plugin = load()
    told = listen(plugin, monkeypatch)
    tick(plugin)
    table = plugin.dock.labels.table
    table.item(0, 1).setText(" ")
    assert table.item(0, 1).text() == "building"
    assert told == ["A class needs a name."]


def test_who_has_no_class_is_not_asked_to_draw(load, image):
    plugin = load()
    tick(plugin)
    assert "Draw some objects" in plugin.dock.labels.hint.text()
    plugin.dock.labels._remove()
    assert plugin.dock.labels.hint.text() == "Add a class first."
    plugin.wiring.labels()
    assert plugin.dock.labels.hint.text() == "Add a class first."


def test_a_label_file_that_is_none_is_told_with_what_to_do(load, image, monkeypatch, tmp_path):
    plugin = load()
    told = listen(plugin, monkeypatch)
    (tmp_path / "no.gpkg").write_text("nothing")
    plugin.wiring.open_labels(tmp_path / "no.gpkg", image.crs())
    assert told == [
        f"The label file {tmp_path / 'no.gpkg'} cannot be used "
        '(it has no layer "labels"); choose another by "File…".'
    ]


def test_what_is_drawn_into_a_file_that_is_read_only_is_refused_in_a_sentence(
    load, image, monkeypatch
):
    plugin = load()
    told = listen(plugin, monkeypatch)
    tick(plugin)
    plugin.wiring.labels().labels.setReadOnly(True)
    plugin.iface.mapCanvas().setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    drawn = []
    plugin.drawing.drawn.connect(lambda: drawn.append(True))
    shape = QgsGeometry.fromRect(QgsRectangle(500004, 3999990, 500008, 3999995))
    plugin.drawing.tools["polygon"].drawn.emit(shape)
    assert told == ['labels.gpkg is read-only; choose another file by "File…".'] and not drawn
    plugin.wiring.labels().labels.setReadOnly(False)
    plugin.drawing.tools["polygon"].drawn.emit(shape)
    plugin.wiring.labels().labels.commitChanges()
    plugin.wiring.labels().labels.setReadOnly(True)
    plugin.dock.labels._remove()
    assert len(told) == 2 and plugin.desk.labels.labels.featureCount() == 1
