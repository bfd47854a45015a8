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

from play import (
    FOLDER,
    Watchdog,
    click_around,
    draw,
    expect,
    go_to,
    image,
    press,
    say,
    settle,
    shoot,
    turn_to,
    use,
    wait,
)
from qgis.core import (
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton
from qgis.utils import iface, plugins

IMAGES = ("town_b", "town_a")
BUDGET_S = int(os.environ.get("WEFT_STORY_BUDGET", "45"))


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
    toolbox(plugin)
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


def toolbox(plugin):
    """Find objects in a part of an image by the toolbox, with an engine of its own."""
    say("toolbox")
    import processing

    town, before = image("town_a"), set(QgsProject.instance().mapLayers())
    part = QgsRectangle.fromCenterAndSize(town.extent().center(), 90, 60)
    edges = f"{part.xMinimum()},{part.xMaximum()},{part.yMinimum()},{part.yMaximum()}"
    given = {
        "MODEL": plugin.session.state.model,
        "IMAGES": [town.id()],
        "EXTENT": f"{edges} [{town.crs().authid()}]",
        "CARE": 1,
    }
    dialog = processing.createAlgorithmDialog("weft:detect", given)
    dialog.resize(900, 600)
    dialog.show()
    settle(1.0)
    dialog.grab().save(str(FOLDER / "9-toolbox.png"))
    (go,) = (each for each in dialog.findChildren(QPushButton) if each.text() == "Run")
    press(go)
    wait(lambda: set(QgsProject.instance().mapLayers()) - before, "polygons of the toolbox")
    (new,) = set(QgsProject.instance().mapLayers()) - before
    layer = QgsProject.instance().mapLayer(new)
    expect(layer.featureCount() > 0, "the toolbox finds objects")
    expect(part.buffered(1).contains(layer.extent()), "it stays inside the part that was wanted")
    dialog.grab().save(str(FOLDER / "9-toolbox-log.png"))
    dialog.close()
    QgsProject.instance().removeMapLayer(new)


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


def previews():
    """The sources of the preview's layers, which are new for each preview."""
    from qgis_weft.layers.results import PREVIEW, layers_of

    return sorted(layer.source() for layer in layers_of(PREVIEW))


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
