# SPDX-License-Identifier: GPL-3.0-or-later
"""How the story moves the mouse, waits, looks and keeps its log."""

import os
import time
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
)
from qgis.PyQt.QtCore import QEventLoop, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QScrollArea
from qgis.utils import iface

FOLDER = Path(os.environ["WEFT_STORY_FOLDER"])
PATIENCE_S = 240


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
