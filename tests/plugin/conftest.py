# SPDX-License-Identifier: GPL-3.0-or-later
"""A QGIS without windows, and engines in every mood."""

import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FAKE = Path(__file__).with_name("fake_engine.py")


@pytest.fixture(autouse=True)
def profile():
    """Of a user of English who has set nothing, whatever machine and failed tests have left."""
    from qgis.core import QgsSettings
    from qgis.PyQt.QtCore import QLocale
    from qgis_weft.settings import Setting

    QLocale.setDefault(QLocale.c())
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", "en_US")
    for each in Setting:
        each.reset()


@pytest.fixture
def client(qgis_app, tmp_path):
    """Makes a client of a fake engine in a mood; it is stopped afterwards."""
    from qgis_weft.process.client import EngineClient

    made = []

    def make(mood="well", python=sys.executable):
        def command():
            return python, [str(FAKE), mood], dict(os.environ)

        made.append(EngineClient(command, tmp_path / "jobs"))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def outcomes():
    """Collects what becomes of a call: (what, value) in the order in which it is told."""

    def follow(call):
        told = []
        call.progressed.connect(lambda progress: told.append(("progress", progress)))
        call.noted.connect(lambda note: told.append(("note", note)))
        call.offered.connect(lambda partial: told.append(("partial", partial)))
        call.succeeded.connect(lambda result: told.append(("result", result)))
        call.failed.connect(lambda failure: told.append(("failure", failure)))
        return told

    return follow


@pytest.fixture
def load(qgis_iface, qgis_new_project, tmp_path, monkeypatch):
    """Makes the plugin with a fake engine in a mood; it is unloaded afterwards."""
    from qgis_weft import plugin as module

    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    made = []

    def make(mood="well"):
        command = (sys.executable, [str(FAKE), mood], dict(os.environ))
        monkeypatch.setattr(module.WeftPlugin, "engine_command", lambda self: command)
        plugin = module.WeftPlugin(qgis_iface)
        plugin.initGui()
        made.append(plugin)
        return plugin

    yield make
    for plugin in made:
        if plugin.dock is not None:
            plugin.unload()


@pytest.fixture
def image(tmp_path):
    """A small image in the project."""
    from osgeo import gdal, osr
    from qgis.core import QgsProject, QgsRasterLayer

    path = tmp_path / "image.tif"
    raster = gdal.GetDriverByName("GTiff").Create(str(path), 64, 48, 3, gdal.GDT_Byte)
    raster.SetGeoTransform((500000, 0.5, 0, 4000000, 0, -0.5))
    place = osr.SpatialReference()
    place.ImportFromEPSG(32631)
    raster.SetProjection(place.ExportToWkt())
    raster.GetRasterBand(1).SetNoDataValue(0)
    raster = None
    layer = QgsRasterLayer(str(path), "image")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer
