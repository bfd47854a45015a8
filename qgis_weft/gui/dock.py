# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel: six steps below each other, the engine's state above them, progress below."""

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..translate import tr
from .adapt_panel import AdaptPanel
from .image_panel import ImagePanel
from .label_panel import LabelPanel
from .look_panel import LookPanel
from .parts import MARGIN, SPACING, button, text
from .polygon_panel import PolygonPanel
from .progress_strip import ProgressStrip
from .run_panel import RunPanel


class TallArea(QScrollArea):
    """Scrolls up and down alone: it is never narrower than what is in it, in any language."""

    def __init__(self):
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def minimumSizeHint(self):  # noqa: N802 - Qt calls it so
        """The width of the content and of the scroll bar."""
        inner = self.widget().minimumSizeHint().width()
        return QSize(
            inner + self.verticalScrollBar().sizeHint().width(), super().minimumSizeHint().height()
        )


class WeftDock(QgsDockWidget):
    """Lays out the panels; `Wiring` connects them."""

    def __init__(self, session, studio, drawing, parent=None):
        super().__init__(tr("WEFT"), parent)
        self.setObjectName("WeftDock")
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.images = ImagePanel(session)
        self.labels = LabelPanel(session, drawing.actions)
        self.adapt = AdaptPanel(session)
        self.look = LookPanel(session)
        self.run = RunPanel(session)
        self.polygons = PolygonPanel(session)
        self.progress = ProgressStrip(studio.cancel, studio.stop_now)
        self.engine = text()
        self.set_up = button(
            tr("Set up engine…"), tr("Install what WEFT computes with"), lambda: None
        )
        self.help = button(tr("Help"), tr("Open the guide"), lambda: None)
        self.setWidget(self._laid_out())

    def sections(self):
        """The panels in the order of the work."""
        return self.images, self.labels, self.adapt, self.look, self.run, self.polygons

    def show_engine(self, words, missing):
        """What the engine is, or why there is none."""
        self.engine.setText(words)
        self.set_up.setVisible(missing)

    def _laid_out(self):
        steps = QWidget()
        column = QVBoxLayout(steps)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        for section in self.sections():
            column.addWidget(section)
        column.addStretch(1)
        scroll = TallArea()
        scroll.setWidget(steps)
        top = QHBoxLayout()
        top.addWidget(self.engine, 1)
        top.addWidget(self.set_up)
        top.addWidget(self.help)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outer.setSpacing(SPACING)
        outer.addLayout(top)
        outer.addWidget(scroll, 1)
        outer.addWidget(self.progress)
        return whole
