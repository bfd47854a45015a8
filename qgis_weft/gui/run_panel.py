# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 5: where to run, what it will take, go."""

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox

from ..quantities import duration, number, size
from ..translate import tr
from ..words.engine import device_in_words
from .parts import Section, button, narrow, text

AUTOMATIC = 0
VIEW, ALL, SELECTION = "view", "all", "selection"


class RunPanel(Section):
    """The extent, how carefully, the reckoning, the button."""

    plan_wanted = pyqtSignal(str)
    run_wanted = pyqtSignal(str)

    def __init__(self, session, parent=None):
        super().__init__(tr("5  Run"), parent)
        self.session = session
        self.where = QComboBox()
        self.where.addItem(tr("What the map shows"), VIEW)
        self.where.addItem(tr("All of the chosen images"), ALL)
        self.where.addItem(tr("Selected polygons of the active layer"), SELECTION)
        self.care = QComboBox()
        self.care.addItem(tr("Careful where images are small"), AUTOMATIC)
        self.care.addItem(tr("Quick"), 1)
        self.care.addItem(tr("Careful, four times as long"), 4)
        self.care.setToolTip(
            tr("Careful: each tile is looked at four ways, turned, and the mean of them counts")
        )
        self.estimate = text(tr("Estimate tells tiles, time, memory and disk before you start."))
        self.plan = button(tr("Estimate"), tr("What a run will take, before it starts"), self._plan)
        self.run = button(tr("Run"), tr("Predict there, and draw polygons"), self._run)
        narrow(self.where, self.care)
        self.add(self.where, self.care)
        self.add_row(self.plan, self.run)
        self.add(self.estimate)
        self.care.currentIndexChanged.connect(
            lambda index: session.update(tta=self.care.itemData(index) or None)
        )
        session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *change):
        """The state as it is now."""
        self.care.setCurrentIndex(self.care.findData(self.session.state.tta or AUTOMATIC))

    def show_plan(self, plan):
        """What it will take."""
        self.estimate.setText(plan_in_words(plan))

    def _plan(self):
        self.plan_wanted.emit(self.where.currentData())

    def _run(self):
        self.run_wanted.emit(self.where.currentData())


def plan_in_words(plan):
    """Two lines: size and time; memory and disk."""
    tiles = tr("1 tile") if plan["tiles"] == 1 else tr("{} tiles").format(plan["tiles"])
    if plan["tiles_left"] < plan["tiles"]:
        tiles = tr("still {} of {}").format(plan["tiles_left"], tiles)
    return tr("{} megapixels, {}, about {} on {}\n{} of memory, at most {} of disk").format(
        number(plan["megapixels"], 1),
        tiles,
        duration(plan["seconds"]),
        device_in_words(plan["device"]),
        size(plan["memory_bytes"]),
        size(plan["disk_bytes"]),
    )
