# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin as QGIS loads it: comes where nothing else is installed, and leaves nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from qgis.PyQt.QtWidgets import QAction, QDockWidget
from qgis_weft.gui.setup_dialog import SetupDialog
from qgis_weft.settings import Setting

ROOT = Path(__file__).resolve().parents[2]


def test_ten_times_loaded_and_nothing_left(load, qgis_iface):
    main = qgis_iface.mainWindow()

    def left():
        return [w for kind in (QDockWidget, QAction) for w in main.findChildren(kind)]

    from qgis.PyQt.QtCore import QCoreApplication, QEvent

    before = len(left())
    for _ in range(10):
        plugin = load()
        client = plugin.client
        plugin.unload()
        assert not client.running
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(left()) == before


def test_without_any_engine_the_panel_offers_to_set_it_up(
    qgis_iface, qgis_new_project, tmp_path, monkeypatch
):
    from qgis_weft import plugin as module

    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    plugin = module.WeftPlugin(qgis_iface)
    plugin.initGui()
    assert "not set up yet" in plugin.dock.engine.text()
    assert plugin.dock.set_up.isVisibleTo(plugin.dock)
    plugin.unload()


@pytest.mark.parametrize(
    ("mood", "word"), [("broken", "cannot start"), ("older", "speaks protocol 0")]
)
def test_an_engine_that_does_not_work_can_be_set_up_again(load, qtbot, mood, word):
    plugin = load(mood)
    button = plugin.dock.set_up
    assert not button.isVisibleTo(plugin.dock)
    plugin.dock.visibilityChanged.emit(True)
    qtbot.waitUntil(lambda: button.isVisibleTo(plugin.dock), timeout=10_000)
    assert word in plugin.dock.engine.text()


def test_an_engine_that_was_set_up_takes_the_place_of_a_python_of_ones_own(load):
    plugin = load()
    Setting.ENGINE_PYTHON.set("/nowhere/python")
    plugin.set_up()
    (dialog,) = plugin.dock.findChildren(SetupDialog)
    dialog.done_well.emit({})
    assert Setting.ENGINE_PYTHON.get() == ""


def test_it_imports_where_nothing_but_qgis_is_installed():
    code = (
        "import sys\n"
        "for name in ('torch', 'rasterio', 'numpy', 'geopandas', 'shapely'):\n"
        "    sys.modules[name] = None\n"
        "import qgis_weft.plugin\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_line_at_the_top_follows_what_shall_be_computed_on(load, qtbot):
    plugin = load()
    plugin.dock.visibilityChanged.emit(True)
    qtbot.waitUntil(lambda: plugin.client.facts is not None, timeout=10_000)
    told = plugin.dock.engine.text()
    assert told == "CPU, 2 threads (this is a fake)"
    for wish, words in (("cpu", "CPU (asked for)"), ("auto", told)):
        page = plugin.options.createWidget(None)
        page.device.setCurrentIndex(page.device.findData(wish))
        page.apply()
        assert plugin.dock.engine.text() == words
        assert plugin.client.running
