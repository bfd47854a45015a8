# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin as QGIS loads it: comes where nothing else is installed, and leaves nothing."""

import subprocess
import sys
from pathlib import Path

from qgis.PyQt.QtWidgets import QAction, QDockWidget

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


def test_it_imports_where_nothing_but_qgis_is_installed():
    code = (
        "import sys\n"
        "for name in ('torch', 'rasterio', 'numpy', 'geopandas', 'shapely'):\n"
        "    sys.modules[name] = None\n"
        "import qgis_weft.plugin\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
