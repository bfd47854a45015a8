# SPDX-License-Identifier: GPL-3.0-or-later
"""Previews: what the map shows of a model, and when it is outdated or removed."""

import shutil
from pathlib import Path

from hands import draw_enough, tick
from qgis.core import QgsProject, QgsRasterLayer
from qgis_weft.jobs.preview import new_folder, show_early, show_preview
from qgis_weft.layers.groups import is_on, switch_off
from qgis_weft.layers.results import CLASS, PREVIEW, layers_of, show_probabilities


def test_drawing_outdates_a_preview_and_saving_does_not(load, image, qtbot, tmp_path):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)
    project, outdated = QgsProject.instance(), plugin.dock.look.outdated
    show_probabilities([image.source()], ["building"], PREVIEW, "Preview: {}")
    assert project.write(str(tmp_path / "a.qgz"))
    assert not plugin.desk.labels.labels.isModified()
    assert outdated.isHidden()
    draw_enough(plugin)
    assert not outdated.isHidden()
    plugin.studio.outdated.emit(False)
    plugin.desk.labels.labels.undoStack().undo()
    assert not outdated.isHidden()
    assert project.write(str(tmp_path / "a.qgz"))
    project.clear()
    assert outdated.isHidden()


def test_the_map_shows_what_is_learned_while_it_trains(load, image, qtbot):
    plugin = load("early")
    tick(plugin)
    draw_enough(plugin)
    outdated = plugin.dock.look.outdated
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        plugin.dock.adapt.adapt.click()
        assert not layers_of(PREVIEW)
    (early,) = layers_of(PREVIEW)
    before = early.id()
    assert early.source() == image.source()
    assert not outdated.isHidden()
    qtbot.waitUntil(lambda: not plugin.studio.busy, timeout=10_000)
    (last,) = layers_of(PREVIEW)
    assert last.id() != before
    assert outdated.isHidden()


def test_an_early_preview_stays_off_where_the_user_switched_it_off(load, image):
    plugin = load()
    result = {"images": [{"probability": image.source()}], "classes": ["building", "ship"]}
    building, _ = show_preview(plugin.desk, result)
    switch_off(building)
    show_early(plugin.desk, result)
    assert {layer.customProperty(CLASS): is_on(layer) for layer in layers_of(PREVIEW)} == {
        "building": False,
        "ship": True,
    }
    show_preview(plugin.desk, result)
    assert all(map(is_on, layers_of(PREVIEW)))


def test_saving_the_project_removes_previews_that_it_does_not_show(
    load, image, tmp_path, monkeypatch
):
    plugin, project = load(), QgsProject.instance()
    url = "type=xyz&url=https://maps.invalid/{z}/{x}/{y}.png?key=1"
    project.addMapLayer(QgsRasterLayer(url, "web", "wms"))
    as_is = Path.resolve

    def as_on_windows(path, *strict):
        if "?" in str(path):
            raise OSError(22, "The filename, directory name, or volume label syntax is incorrect")
        return as_is(path, *strict)

    monkeypatch.setattr(Path, "resolve", as_on_windows)
    assert project.write(str(tmp_path / "town.qgz"))
    old, new = new_folder(plugin.desk), new_folder(plugin.desk)
    for folder in (old, new):
        folder.mkdir()
        shutil.copy(image.source(), folder / "image_prob.tif")
        show_probabilities([folder / "image_prob.tif"], ["building"], PREVIEW, "Preview: {}")
    assert old.exists() and new.exists()
    assert project.write(str(tmp_path / "town.qgz"))
    assert not old.exists() and (new / "image_prob.tif").exists()
