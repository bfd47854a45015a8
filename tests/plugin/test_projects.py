# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels, models and jobs come and go with their project."""

from hands import draw_enough, tick
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QFileDialog
from qgis_weft.layers.results import PREVIEW, layers_of


def test_labels_and_classes_come_back_with_the_project(load, image, tmp_path):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)
    path = str(tmp_path / "project.qgz")
    assert QgsProject.instance().write(path)
    before = plugin.session.state
    QgsProject.instance().clear()
    assert plugin.desk.labels is None
    assert QgsProject.instance().read(path)
    assert plugin.session.state == before
    assert plugin.desk.labels.count(before, 1).objects == {"building": 1}


def test_labels_are_found_where_no_image_was_chosen(load, image, tmp_path):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)
    plugin.session.update(images=())
    path = str(tmp_path / "project.qgz")
    assert QgsProject.instance().write(path)
    QgsProject.instance().clear()
    assert QgsProject.instance().read(path)
    tick(plugin)
    assert plugin.dock.adapt.adapt.isEnabled()


def test_a_new_project_has_labels_of_its_own(load, image):
    plugin, file = load(), image.source()
    tick(plugin)
    draw_enough(plugin)
    plugin.desk.labels.save()
    first = plugin.desk.labels.path
    QgsProject.instance().clear()
    QgsProject.instance().addMapLayer(QgsRasterLayer(file, "image"))
    tick(plugin)
    draw_enough(plugin)
    assert plugin.desk.labels.path != first
    assert plugin.desk.labels.labels.featureCount() == 1


def test_a_project_that_is_closed_takes_its_job_along(load, image, qtbot):
    plugin = load("early")
    tick(plugin)
    draw_enough(plugin)
    plugin.dock.adapt.adapt.click()
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        QgsProject.instance().clear()
    assert not plugin.studio.busy
    call = plugin.client.request("info", {})
    with qtbot.waitSignal(call.succeeded, timeout=10_000):
        pass
    assert plugin.session.state.model == ""
    assert not layers_of(PREVIEW)


def test_a_model_is_not_loaded_into_another_project(load, image, qtbot, monkeypatch):
    plugin = load()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: ("/maps/town.weft", ""))
    for there in (True, False):
        plugin.dock.adapt.load.click()
        if not there:
            QgsProject.instance().clear()
        # the engine answers in turn
        call = plugin.client.request("info", {})
        with qtbot.waitSignal(call.succeeded, timeout=10_000):
            pass
        assert plugin.session.state.model == ("/maps/town.weft" if there else "")


def test_an_image_that_is_removed_while_it_trains_locks_nothing(load, image, qtbot):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        plugin.dock.adapt.adapt.click()
        QgsProject.instance().removeMapLayer(image.id())
    assert not plugin.studio.busy
    assert plugin.session.state.model.endswith(".weft")


def test_a_project_folder_that_moved_keeps_its_labels_and_models(load, image, tmp_path):
    plugin, project = load(), QgsProject.instance()
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    assert project.write(str(before / "town.qgz"))
    tick(plugin)
    draw_enough(plugin)
    model, raster = before / "town_weft" / "a.weft", before / "town_weft" / "a_class.tif"
    for path in (model, raster):
        path.touch()
    gone = str(before / "town_weft" / "gone.tif")
    plugin.session.update(model=str(model), rasters=(str(raster), gone))
    assert project.write()
    assert not project.isDirty()
    project.clear()
    before.rename(after)
    assert project.read(str(after / "town.qgz"))
    state = plugin.session.state
    assert state.model == str(after / "town_weft" / "a.weft")
    assert state.rasters == (str(after / "town_weft" / "a_class.tif"),)
    assert plugin.desk.labels.path == after / "town_weft" / "labels.gpkg"
    assert plugin.desk.labels.count(state, 1).objects == {"building": 1}
    assert not before.exists()


def test_projects_in_a_database_have_folders_of_their_own(load, image, tmp_path):
    from osgeo import ogr

    plugin = load()
    store = tmp_path / "store.gpkg"
    ogr.GetDriverByName("GPKG").CreateDataSource(str(store)).CreateLayer("any")
    assert QgsProject.instance().write(f"geopackage:{store}?projectName=town")
    assert plugin.desk.folder == tmp_path / "town_weft"
