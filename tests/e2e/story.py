# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole story in a real QGIS, by its own widgets and mouse events; run by `qgis --code`.

The environment tells where: WEFT_STORY_FOLDER holds the sample scene and takes the results and
pictures. Ends QGIS with status 0, or 1 and a traceback in
story-log.txt.
"""

import os
import sys
import time
import traceback
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QEventLoop, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QScrollArea
from qgis.utils import iface, plugins

FOLDER = Path(os.environ["WEFT_STORY_FOLDER"])
IMAGES = ("town_b", "town_a")
PATIENCE_S = 240
BUDGET_S = int(os.environ.get("WEFT_STORY_BUDGET", "45"))
SHOTS = []


def main():
    """The story, step by step."""
    window = iface.mainWindow()
    window.resize(1366, 768)
    plugin = plugins["qgis_weft"]
    say("open the image")
    for name in IMAGES:
        layer = QgsRasterLayer(str(FOLDER / f"{name}.tif"), name)
        QgsProject.instance().addMapLayer(layer)
    plugin.action.trigger()
    wait(lambda: plugin.client.facts is not None, "the engine is ready")
    dock = plugin.dock
    for row in range(len(IMAGES)):
        dock.images.list.item(row).setCheckState(Qt.CheckState.Checked)
    go_to(image("town_a").extent())
    shoot("1-image")
    label(plugin)
    turn_to(dock, dock.labels)
    shoot("2-labels")
    adapt(plugin)
    look(plugin)
    where_next(plugin)
    correct(plugin)
    measure(plugin)
    run(plugin)
    save_and_reopen(plugin)


def label(plugin):
    """Draw areas and objects of the sample's truth with the map tools."""
    say("label")
    plugin.session.update(budget_s=float(BUDGET_S))
    areas = QgsVectorLayer(f"{FOLDER / 'train.gpkg'}|layername=areas", "a", "ogr")
    objects = QgsVectorLayer(f"{FOLDER / 'train.gpkg'}|layername=labels", "l", "ogr")
    inside = [feature.geometry() for feature in areas.getFeatures()]
    from qgis_weft.model.state import add_class

    plugin.session.set(add_class(plugin.session.state, "ship"))
    for area in inside:
        go_to(area.buffer(3, 4).boundingBox())
        draw(plugin, area, objects)
    wait(lambda: plugin.dock.adapt.adapt.isEnabled(), "Adapt can be pressed")
    counted = plugin.desk.labels.count(plugin.session.state, 1)
    expect(counted.areas == len(inside), "all areas are drawn")
    expect(counted.objects["building"] > 0, "buildings are drawn")


def adapt(plugin):
    """Press Adapt; the clock runs until the first progress."""
    say("adapt")
    began, first, reached = time.monotonic(), [], [0.0]
    plugin.studio.progressed.connect(lambda progress: first.append(time.monotonic() - began))
    plugin.studio.progressed.connect(
        lambda progress: reached.append(progress.share if progress.text == "Training" else 0)
    )
    blocked = Watchdog()
    press(plugin.dock.adapt.adapt)
    wait(lambda: bool(first), "the first progress")
    say(f"first progress after {first[0]:.2f} s")
    expect(first[0] < 3, "the first progress comes within 3 s")
    turn_to(plugin.dock, plugin.dock.adapt)
    work_meanwhile(plugin)
    wait(lambda: bool(previews()), "a preview while it trains")
    say(f"first preview after {time.monotonic() - began:.1f} s")
    expect(plugin.studio.busy, "it is still training")
    expect(not plugin.dock.look.outdated.isHidden(), "the early preview is not called the last")
    say(f"blocked for at most {blocked.worst * 1000:.0f} ms while panning, typing and drawing")
    expect(blocked.worst < 0.25, "QGIS stays usable while it trains")
    wait(lambda: plugin.session.state.model or reached[-1] > 0.5, "half of the training")
    shoot("3-adapt")
    wait(lambda: not plugin.studio.busy and plugin.session.state.model, "the model")
    expect(Path(plugin.session.state.model).exists(), "the model is there")


def look(plugin):
    """The preview comes by itself; the sliders restyle it."""
    say("look")
    go_to(image("town_a").extent())
    press(plugin.dock.look.preview)
    wait(lambda: not plugin.studio.busy, "the preview")
    expect(len(previews()) == 2, "a preview layer a class")
    plugin.dock.look.opacity.setValue(80)
    plugin.dock.look.threshold.setValue(60)
    turn_to(plugin.dock, plugin.dock.look)
    settle(1.0)
    shoot("4-look")


def where_next(plugin):
    """Ask where to label next, and go to the first place."""
    say("where next")
    found, canvas = plugin.dock.look.suggestions, iface.mapCanvas()
    press(found.ask)
    wait(lambda: not plugin.studio.busy, "the suggestions")
    expect(found.list.count() == 5, "five places are suggested")
    turn_to(plugin.dock, found)
    first, before = found.list.item(0), canvas.extent()
    place = found.list.visualItemRect(first).center()
    QTest.mouseClick(
        found.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
    )
    settle(3.0)  # the window flashes first
    window = QgsGeometry.fromWkt(first.data(Qt.ItemDataRole.UserRole)[0]).boundingBox()
    expect(canvas.extent().contains(window), "a click leads to the place")
    expect(canvas.extent().width() < before.width(), "the place is seen from near")
    shoot("4-next")


def correct(plugin):
    """Label one more area and press Adapt again, which goes on from the model."""
    say("correct")
    plugin.session.update(budget_s=float(max(10, BUDGET_S // 3)))
    before, centre = plugin.session.state.model, image("town_b").extent().center()
    area = QgsGeometry.fromRect(QgsRectangle.fromCenterAndSize(centre, 40, 40))
    go_to(area.buffer(3, 4).boundingBox())
    draw(plugin, area, QgsVectorLayer(f"{FOLDER / 'truth.gpkg'}|layername=labels", "t", "ogr"))
    expect(not plugin.dock.look.outdated.isHidden(), "the preview is outdated")
    turn_to(plugin.dock, plugin.dock.labels)
    shoot("5-correct")
    wait(lambda: plugin.dock.adapt.adapt.isEnabled(), "Adapt can be pressed")
    began, old = time.monotonic(), previews()
    press(plugin.dock.adapt.adapt)
    wait(lambda: bool(previews()) and previews() != old, "the next preview")
    say(f"next preview after {time.monotonic() - began:.1f} s")
    wait(lambda: not plugin.studio.busy and plugin.session.state.model != before, "the model")
    say(f"adapted again and looked in {time.monotonic() - began:.0f} s")
    asked = (FOLDER / "data" / "weft" / "jobs").glob("*/request.json")
    expect(any(before in file.read_text() for file in asked), "it goes on from the first model")
    expect(plugin.dock.look.outdated.isHidden(), "the preview is up to date")


def measure(plugin):
    """Cross-validate in little time, and leave the model as it is."""
    say("measure")
    plugin.session.update(budget_s=4.0)
    panel, before = plugin.dock.adapt, plugin.session.state.model
    press(panel.measure)
    wait(lambda: not plugin.studio.busy, "the figures of all areas")
    expect("building: IoU" in panel.measured.text(), "buildings are measured")
    expect(plugin.session.state.model == before, "the model stays")
    turn_to(plugin.dock, panel)
    settle()
    shoot("5-measured")


def run(plugin):
    """Estimate, run, draw again, export."""
    say("run")
    from qgis_weft.layers.export import export
    from qgis_weft.layers.results import RESULT, layers_of

    go_to(image("town_a").extent())
    dock = plugin.dock
    dock.run.where.setCurrentIndex(1)
    press(dock.run.plan)
    wait(lambda: not plugin.studio.busy, "the estimate")
    turn_to(dock, dock.run)
    shoot("6-estimate")
    press(dock.run.run)
    wait(lambda: not plugin.studio.busy, "the run")
    (first,) = layers_of(RESULT)
    expect(first.featureCount() > 10, "polygons are found")
    before = first.featureCount()
    dock.polygons.threshold.setValue(0.8)
    began = time.monotonic()
    press(dock.polygons.draw)
    wait(lambda: not plugin.studio.busy, "the polygons again")
    say(f"drawn again in {time.monotonic() - began:.1f} s")
    (second,) = layers_of(RESULT)
    expect(second.featureCount() != before, "another threshold, other polygons")
    settle(1.0)
    turn_to(dock, dock.polygons)
    shoot("7-polygons")
    export(second, FOLDER / "result.shp")
    written = QgsVectorLayer(str(FOLDER / "result.shp"), "s", "ogr")
    expect(written.featureCount() == second.featureCount(), "the Shapefile is complete")


def save_and_reopen(plugin):
    """Everything is there again."""
    say("save and reopen")
    project = QgsProject.instance()
    state = plugin.session.state
    path = str(FOLDER / "story.qgz")
    expect(project.write(path), "the project is saved")
    labels = plugin.desk.labels.count(state, 1)
    project.clear()
    expect(plugin.session.state.model == "", "a new project begins anew")
    expect(project.read(path), "the project opens")
    settle()
    expect(plugin.session.state == state, "the session is there again")
    expect(plugin.desk.labels.count(state, 1) == labels, "the labels are there again")
    shoot("8-reopened")


def work_meanwhile(plugin):
    """Pan, type, draw and undo, as one does while it trains."""
    canvas = iface.mapCanvas()
    for _ in range(4):
        centre = canvas.center()
        centre.setX(centre.x() + canvas.extent().width() / 20)
        canvas.setCenter(centre)
        canvas.refresh()
        settle()
    field = plugin.dock.polygons.threshold.lineEdit()
    field.selectAll()
    QTest.keyClicks(field, "0.55", delay=50)
    use(plugin, "polygon")
    click_around(QgsGeometry.fromRect(canvas.extent().scaled(0.1)))
    plugin.desk.labels.labels.undoStack().undo()
    settle()


class Watchdog:
    """How long the main thread was blocked, at worst."""

    def __init__(self):
        self.worst, self._last = 0.0, time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(10)

    def _beat(self):
        now = time.monotonic()
        self.worst, self._last = max(self.worst, now - self._last - 0.01), now


def previews():
    """The sources of the preview's layers, which are new for each preview."""
    from qgis_weft.layers.results import PREVIEW, layers_of

    return sorted(layer.source() for layer in layers_of(PREVIEW))


def image(name):
    """A layer of the sample scene."""
    return QgsProject.instance().mapLayersByName(name)[0]


def go_to(extent):
    """Show a part of the ground, and wait until it is drawn."""
    canvas = iface.mapCanvas()
    canvas.setExtent(extent)
    canvas.refresh()
    settle()


def turn_to(dock, section):
    """Scroll the panel so that a section is seen whole."""
    settle(0.1)
    dock.findChild(QScrollArea).ensureWidgetVisible(section, 0, 0)


def draw(plugin, area, objects):
    """An area, and what of the objects lies inside."""
    use(plugin, "area")
    drag(area.boundingBox())
    classes = [each.name for each in plugin.session.state.classes]
    for feature in objects.getFeatures():
        shape = feature.geometry().intersection(area)
        if shape.area() > 0:
            plugin.session.update(current=classes.index(feature["class"]))
            use(plugin, "polygon")
            click_around(shape)


def use(plugin, tool):
    """Take a drawing tool by its button."""
    index = list(plugin.drawing.tools).index(tool)
    plugin.drawing.actions[index].trigger()


def to_pixel(point):
    """A point of the map on the canvas."""
    canvas = iface.mapCanvas()
    moved = QgsCoordinateTransform(
        image("town_a").crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance()
    ).transform(point)
    there = canvas.getCoordinateTransform().transform(moved)
    return QPoint(round(there.x()), round(there.y()))


def drag(box):
    """Drag the mouse over a rectangle of the map."""
    from qgis.core import QgsPointXY

    view = iface.mapCanvas().viewport()
    first = to_pixel(QgsPointXY(box.xMinimum(), box.yMaximum()))
    last = to_pixel(QgsPointXY(box.xMaximum(), box.yMinimum()))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    QTest.mouseMove(view, last)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, last)


def click_around(geometry):
    """Click the corners of a polygon, and finish by a right click."""
    view = iface.mapCanvas().viewport()
    shape = QgsGeometry(geometry)
    ring = (shape.asMultiPolygon()[0] if shape.isMultipart() else shape.asPolygon())[0]
    for point in ring[:-1]:
        QTest.mouseClick(
            view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, to_pixel(point)
        )
    QTest.mouseClick(
        view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, to_pixel(ring[0])
    )


def press(button):
    """Click a button as the user does."""
    expect(button.isEnabled(), f"{button.text()} can be pressed")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def wait(true, what):
    """Let QGIS work until something is true."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(what)
        QgsApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)


def settle(seconds=0.3):
    """Let the map draw."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end and not iface.mapCanvas().isDrawing(), "the map")


def shoot(name):
    """A picture of the whole window."""
    settle(0.5)
    iface.mainWindow().grab().save(str(FOLDER / f"{name}.png"))


def expect(true, what):
    """One thing the story relies on."""
    say(("ok   " if true else "FAIL ") + what)
    if not true:
        raise AssertionError(what)


def say(words):
    """A line for the log."""
    with open(FOLDER / "story-log.txt", "a", encoding="utf-8") as file:
        file.write(words + "\n")


def tell():
    """Run the story and end QGIS."""
    status = 1
    try:
        main()
        status = 0
    except BaseException:
        say(traceback.format_exc())
        iface.mainWindow().grab().save(str(FOLDER / "failed.png"))
    finally:
        plugins["qgis_weft"].client.stop()
        sys.stdout.flush()
        os._exit(status)


QTimer.singleShot(2000, tell)
