# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt: offered once there is enough, with progress, a model or one message at the end."""

import pytest
from hands import draw_enough, listen, texts_of, tick
from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFileDialog
from qgis_weft.jobs.desk import Outcome
from qgis_weft.process.jsonrpc import CANCELLED, MISTAKE, Failure
from qgis_weft.words import engine


def test_adapt_is_offered_once_there_is_enough(load, image):
    plugin = load()
    adapt = plugin.dock.adapt.adapt
    assert "image" in plugin.dock.labels.hint.text()
    tick(plugin)
    assert not adapt.isEnabled()
    draw_enough(plugin)
    assert adapt.isEnabled()
    assert "more areas" in plugin.dock.labels.hint.text()


def test_adapt_is_not_offered_any_more_when_the_image_is_gone(load, image, qtbot, monkeypatch):
    plugin = load()
    told = listen(plugin, monkeypatch)
    tick(plugin)
    draw_enough(plugin)
    panel = plugin.dock.adapt
    QgsProject.instance().removeMapLayer(image.id())
    panel.adapt.click()
    panel.measure.click()
    assert told == ["Choose an image first."] * 2 and not plugin.studio.busy
    qtbot.waitUntil(lambda: not panel.adapt.isEnabled() and not panel.measure.isEnabled())
    assert "image" in plugin.dock.labels.hint.text()


def test_a_training_shows_progress_and_leaves_a_model(load, image, qtbot):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)
    from qgis_weft.settings import Setting

    Setting.AUTO_PREVIEW.set(False)
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        plugin.dock.adapt.adapt.click()
        assert not plugin.dock.adapt.adapt.isEnabled()
        assert plugin.dock.progress.isVisibleTo(plugin.dock)
    assert plugin.session.state.model.endswith(".weft")
    assert len(plugin.dock.adapt.curve.loss) == 4
    assert "building 0.80" in plugin.dock.adapt.model.text()
    assert "7 of 9 found, 3 false (F1 0.45 to 0.90)" in plugin.dock.adapt.model.text()
    assert "this is a fake" in plugin.dock.engine.text()
    assert not plugin.dock.progress.isVisibleTo(plugin.dock)


@pytest.mark.parametrize(
    ("mood", "word"),
    [("mistaken", "No label lies"), ("crashing", "ended unexpectedly"), ("buggy", "bug")],
)
def test_a_failure_is_one_message_and_adapt_works_again(
    load, image, qtbot, monkeypatch, mood, word
):
    plugin = load(mood)
    told = listen(plugin, monkeypatch)
    tick(plugin)
    draw_enough(plugin)
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        plugin.dock.adapt.adapt.click()
    assert [word in message for message in told] == [True]
    assert plugin.dock.adapt.adapt.isEnabled()
    assert plugin.session.state.model == ""


def test_advice_names_what_is_in_the_panel(load, monkeypatch):
    plugin = load()
    told = listen(plugin, monkeypatch)
    plugin.studio.noted.emit("Using the bands 1, 2, 3 of 4; choose others with --bands.")
    failure = Failure("The image has no band 9; choose others with --bands.", MISTAKE)
    plugin.studio.ended.emit("Adapt", Outcome(failure=failure))
    assert [message.endswith('with "Advanced > Bands".') for message in told] == [True, True]


def test_where_weights_come_from_names_what_is_in_the_panel(load):
    advanced = load().dock.adapt.advanced
    advanced.offer({"backbones": {"trunk": "weights from a local file, --backbone-weights FILE"}})
    tip = advanced.backbone.itemData(1, Qt.ItemDataRole.ToolTipRole)
    assert tip == 'weights from a local file, "Advanced > Its weights"'


def test_a_backbone_with_a_long_name_shows_its_beginning(load):
    plugin = load()
    plugin.session.update(backbone="timm/vit_large_patch16_224.augreg_in21k_ft_in1k")
    line = plugin.dock.adapt.advanced.backbone.lineEdit()
    assert line.text().startswith("timm/vit_large") and line.cursorPosition() == 0


def test_a_cancel_is_told_in_the_language_of_the_user(load, monkeypatch):
    plugin = load()
    told = listen(plugin, monkeypatch)
    monkeypatch.setattr(engine, "tr", str.upper)
    failure = Failure("Cancelled; what was finished before is kept.", CANCELLED)
    plugin.studio.ended.emit("Adapt", Outcome(failure=failure))
    assert told == ["CANCELLED; WHAT WAS FINISHED BEFORE IS KEPT."]


def test_other_options_leave_the_engine_running(load, image, qtbot):
    plugin = load("patient")
    tick(plugin)
    draw_enough(plugin)
    plugin.dock.adapt.adapt.click()
    page = plugin.options.createWidget(None)
    page.apply()
    assert plugin.studio.busy
    page.folder.setFilePath("/elsewhere")
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        page.apply()
    page.folder.setFilePath("")
    page.apply()


def test_measuring_tells_each_class_and_leaves_the_model_as_it_is(load, image, qtbot):
    plugin = load("early")
    panel = plugin.dock.adapt
    tick(plugin)
    assert not panel.measure.isEnabled()
    draw_enough(plugin)
    plugin.session.update(model="/maps/town.weft")
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        panel.measure.click()
    assert panel.measured.text().splitlines() == [
        "On 5 of 5 areas, each by a model that had not seen it:",
        "building: IoU 0.71 (0.60 to 0.82), F1 0.71 (0.60 to 0.82)",
        "ship: too few areas to say",
        "Where models and labels differ most; a click leads there:",
    ]
    assert texts_of(panel.worst) == [
        "1  IoU 0.42: 3 of 7 found, 2 false",
        "2  nothing here, and nothing found",
    ]
    panel.worst.itemClicked.emit(panel.worst.item(0))
    shown = plugin.iface.mapCanvas().extent()
    assert shown.contains(QgsRectangle(500004, 3999990, 500012, 3999998)) and shown.height() < 20
    assert plugin.session.state.model == "/maps/town.weft"
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        panel.adapt.click()
    assert panel.measured.isHidden() and panel.worst.isHidden()


def test_a_model_is_saved_by_the_name_that_was_typed(load, image, tmp_path, monkeypatch):
    plugin = load()
    told = listen(plugin, monkeypatch)
    model = tmp_path / "now.weft"
    model.write_text("new")
    (tmp_path / "ships_0.weft").write_text("another")
    plugin.session.update(model=str(model))
    for typed in ("ships_0.5m", "ships_0", "now.weft"):
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *a, typed=typed: (str(tmp_path / typed), "")
        )
        plugin.dock.adapt.save.click()
    assert (tmp_path / "ships_0.5m.weft").read_text() == "new"
    assert (tmp_path / "ships_0.weft").read_text() == "another"
    assert told == [f"{tmp_path / 'ships_0.weft'} is there already; choose another name."]
