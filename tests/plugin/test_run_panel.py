# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs: what an estimate says, how they are asked for, cancelled and go on."""

from fake_engine import CARD
from hands import listen, tick
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QLocale
from qgis_weft.gui.run_panel import plan_in_words
from qgis_weft.jobs import requests
from qgis_weft.layers.images import ImageFacts
from qgis_weft.model.state import LabelClass, from_text, to_text
from qgis_weft.words.figures import model_words

PLAN = {
    "megapixels": 64.0,
    "tiles": 324,
    "tiles_left": 324,
    "seconds": 71.2,
    "memory_bytes": 1_320_000_000,
    "disk_bytes": 384_000_000,
    "device": "torch on CPU, 2 threads",
}


def test_a_whole_run_has_all_its_tiles():
    assert plan_in_words(PLAN).startswith("64.0 megapixels, 324 tiles, about 71 s on ")


def test_a_stopped_run_has_what_is_left():
    words = plan_in_words({**PLAN, "tiles_left": 24, "seconds": 5.2})
    assert words.startswith("64.0 megapixels, still 24 of 324 tiles, about 5 s on ")


def test_one_tile_is_no_tiles():
    words = plan_in_words({**PLAN, "tiles": 1, "tiles_left": 1})
    assert words.startswith("64.0 megapixels, 1 tile, about ")


def test_numbers_are_written_as_in_the_language_of_the_user():
    before = QLocale()
    QLocale.setDefault(QLocale("de"))
    words = plan_in_words({**PLAN, "seconds": 9000}), model_words("town.weft", CARD)
    gsd = ImageFacts("id", "name", "path", gsd_m=0.5).summary
    QLocale.setDefault(before)
    assert words[0].startswith("64,0 megapixels, 324 tiles, about 2,5 h on ")
    assert words[1].endswith("0,80\nbuilding: 7 of 9 found, 3 false (F1 0,45 to 0,90)")
    assert "0,5 m a pixel" in gsd


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


def test_a_run_that_was_cancelled_goes_on_in_its_folder(load, image, qtbot, monkeypatch, tmp_path):
    plugin = load("patient")
    told = listen(plugin, monkeypatch)
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


def test_a_folder_that_cannot_be_written_to_is_a_sentence(load, image, monkeypatch, tmp_path):
    plugin = load()
    told = listen(plugin, monkeypatch)
    (tmp_path / "town_weft").touch()
    assert QgsProject.instance().write(str(tmp_path / "town.qgz"))
    tick(plugin)
    plugin.session.update(model="/maps/town.weft")
    plugin.dock.run.run.click()
    assert len(told) == 1 and str(tmp_path / "town_weft") in told[0]
    assert "Save the project in a folder" in told[0] and not plugin.studio.busy


def test_a_second_job_is_refused_in_a_sentence_and_the_first_goes_on(load, image, monkeypatch):
    plugin = load("patient")
    told = listen(plugin, monkeypatch)
    tick(plugin)
    plugin.studio.preview()
    first = plugin.studio.job
    plugin.studio.preview()
    assert told == ["Another job is running; wait for it, or cancel it."]
    assert plugin.studio.job is first
