# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes in the panel and in the labels are the same ones."""

from hands import draw_enough, listen, tick


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
