# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin as QGIS loads it: comes, works with an engine in any mood, leaves nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDataProvider,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAction, QDockWidget, QFileDialog
from qgis_weft.gui.place_list import go_to
from qgis_weft.jobs import requests
from qgis_weft.jobs.preview import new_folder, show_early, show_preview
from qgis_weft.layers.groups import is_on, switch_off
from qgis_weft.layers.labels import open_labels
from qgis_weft.layers.results import CLASS, PREVIEW, layers_of, show_probabilities
from qgis_weft.model.state import LabelClass, from_text, to_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def image(tmp_path):
    """A small image in the project."""
    from osgeo import gdal, osr

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


def tick(plugin):
    plugin.dock.images.list.item(0).setCheckState(Qt.CheckState.Checked)


def draw_enough(plugin):
    """One roof in one area."""
    labels = plugin.wiring.labels()
    name = plugin.session.state.classes[0].name
    labels.add(
        labels.labels, QgsGeometry.fromRect(QgsRectangle(500004, 3999990, 500008, 3999995)), name
    )
    labels.add(labels.areas, QgsGeometry.fromRect(QgsRectangle(500000, 3999980, 500020, 4000000)))
    plugin.wiring.show_labelled()


def test_the_panel_says_what_an_image_is(load, image):
    plugin = load()
    words = plugin.dock.images.facts.text()
    for word in ("64 × 48 px", "3 bands", "uint8", "0.5 m a pixel", "EPSG:32631", "nodata 0"):
        assert word in words


def test_adapt_is_offered_once_there_is_enough(load, image):
    plugin = load()
    adapt = plugin.dock.adapt.adapt
    assert "image" in plugin.dock.labels.hint.text()
    tick(plugin)
    assert not adapt.isEnabled()
    draw_enough(plugin)
    assert adapt.isEnabled()
    assert "more areas" in plugin.dock.labels.hint.text()


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
    Setting.AUTO_PREVIEW.reset()


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


def test_saving_the_project_removes_previews_that_it_does_not_show(load, image, tmp_path):
    plugin, project = load(), QgsProject.instance()
    assert project.write(str(tmp_path / "town.qgz"))
    old, new = new_folder(plugin.desk), new_folder(plugin.desk)
    for folder in (old, new):
        folder.mkdir()
        shutil.copy(image.source(), folder / "image_prob.tif")
        show_probabilities([folder / "image_prob.tif"], ["building"], PREVIEW, "Preview: {}")
    assert old.exists() and new.exists()
    assert project.write(str(tmp_path / "town.qgz"))
    assert not old.exists() and (new / "image_prob.tif").exists()


def test_how_polygons_of_a_class_are_drawn_is_kept_for_that_class(load):
    plugin = load()
    panel, session = plugin.dock.polygons, plugin.session
    session.update(classes=(*session.state.classes, LabelClass("tank", "#377eb8")))
    panel.name.setCurrentText("building")
    panel.shape.setCurrentIndex(1)
    panel.split.click()
    panel.name.setCurrentText("tank")
    assert panel.shape.currentData() == "outline" and panel.split.isChecked()
    panel.name.setCurrentText("building")
    assert panel.shape.currentData() == "right-angles" and not panel.split.isChecked()
    asked = requests.vectorise(session.state, [], "/out.gpkg")["classes"]
    assert [asked[name]["shape"] for name in ("building", "tank")] == ["right-angles", "outline"]


def test_how_carefully_tiles_are_seen_is_asked_and_kept(load):
    plugin = load()
    care, session = plugin.dock.run.care, plugin.session

    def asked():
        return requests.predict(session.state, [], "/out").get("tta")

    assert (care.currentIndex(), asked()) == (0, None)
    for index, ways in ((2, 4), (1, 1), (0, None)):
        care.setCurrentIndex(index)
        assert asked() == ways and from_text(to_text(session.state)).tta == ways
        # a preview shall be quick, and what is looked at for suggestions has no such choice
        assert requests.preview(session.state, [], "/out")["tta"] == 1
        assert "tta" not in requests.suggest(session.state, [], "/out.gpkg")
    session.set(from_text('{"tta": 4}'))
    assert care.currentIndex() == 2
    session.set(from_text('{"tta": "many"}'))
    assert care.currentIndex() == 0


def test_a_run_that_was_cancelled_goes_on_in_its_folder(load, image, qtbot, monkeypatch, tmp_path):
    plugin, told = load("patient"), []
    monkeypatch.setattr(plugin.wiring, "tell", lambda message, *rest: told.append(message))
    assert QgsProject.instance().write(str(tmp_path / "town.qgz"))
    tick(plugin)
    plugin.session.update(model="/maps/town.weft")
    plugin.dock.run.where.setCurrentIndex(1)

    def run_and_cancel(model="/maps/town.weft"):
        plugin.session.update(model=model)
        plugin.dock.run.run.click()
        folder = plugin.studio.job.folder
        with qtbot.waitSignal(plugin.studio.progressed, timeout=10_000):
            pass
        with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
            plugin.studio.cancel()
        return folder

    first = run_and_cancel()
    assert told == ["Cancelled; press Run again, and the same run goes on from there."]
    assert first.parent == tmp_path / "town_weft" / "results"
    # what the engine leaves where it has finished rows
    (first / ".image_weft").mkdir(parents=True)
    assert run_and_cancel("/maps/other.weft") != first
    assert not list(first.iterdir())
    (first / ".image_weft").mkdir()
    assert run_and_cancel() == first


def texts_of(places):
    return [places.item(row).text() for row in range(places.count())]


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


@pytest.mark.parametrize(
    ("mood", "word"),
    [("mistaken", "No label lies"), ("crashing", "ended unexpectedly"), ("buggy", "bug")],
)
def test_a_failure_is_one_message_and_adapt_works_again(
    load, image, qtbot, monkeypatch, mood, word
):
    plugin = load(mood)
    told = []
    monkeypatch.setattr(plugin.wiring, "tell", lambda message, *rest: told.append(message))
    tick(plugin)
    draw_enough(plugin)
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        plugin.dock.adapt.adapt.click()
    assert [word in message for message in told] == [True]
    assert plugin.dock.adapt.adapt.isEnabled()
    assert plugin.session.state.model == ""


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


def test_a_label_file_that_is_none_is_a_sentence(qgis_new_project, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem

    path = tmp_path / "no.gpkg"
    path.write_text("nothing")
    with pytest.raises(OSError, match="has no layer"):
        open_labels(path, QgsCoordinateReferenceSystem("EPSG:4326"))


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


def test_an_image_that_is_removed_while_it_trains_locks_nothing(load, image, qtbot):
    plugin = load()
    tick(plugin)
    draw_enough(plugin)
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000):
        plugin.dock.adapt.adapt.click()
        QgsProject.instance().removeMapLayer(image.id())
    assert not plugin.studio.busy
    assert plugin.session.state.model.endswith(".weft")


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


def test_cancelling_while_a_run_is_reckoned_ends_it(load, image, qtbot):
    plugin = load("slow")
    tick(plugin)
    plugin.session.update(model="/maps/town.weft")
    plugin.dock.run.run.click()
    asked = plugin.studio.job.call
    plugin.studio.cancel()
    with qtbot.waitSignal(plugin.studio.ended, timeout=10_000) as ended:
        pass
    assert asked.method == "plan" and asked.ended
    assert ended.args[1].failure.cancelled


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
    plugin, told = load(), []
    monkeypatch.setattr(plugin.wiring, "tell", lambda message, *rest: told.append(message))
    tick(plugin)
    table = plugin.dock.labels.table
    table.item(0, 1).setText(" ")
    assert table.item(0, 1).text() == "building"
    assert told == ["A class needs a name."]


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


def test_a_model_is_saved_by_the_name_that_was_typed(load, image, tmp_path, monkeypatch):
    plugin, told = load(), []
    monkeypatch.setattr(plugin.wiring, "tell", lambda message, *rest: told.append(message))
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
