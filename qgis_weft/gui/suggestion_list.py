# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to label next: a button, and a list whose entries lead to the places."""

from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
)
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..translate import tr
from .parts import SPACING, button

LINES = 5
AROUND = 1.2


class SuggestionList(QWidget):
    """`chosen` tells the outline of a window as WKT, and its CRS as WKT or None."""

    wanted = pyqtSignal()
    chosen = pyqtSignal(str, object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.ask = button(
            tr("Where to label next"),
            tr("Find places from which the model would learn most"),
            self.wanted.emit,
        )
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setMaximumHeight(2 * LINES * self.list.fontMetrics().lineSpacing())
        self.list.itemClicked.connect(self._on_clicked)
        self.list.itemActivated.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list)
        self.clear()

    def clear(self):
        """Forget what was found."""
        self.list.clear()
        self.list.setVisible(False)

    def show_found(self, result):
        """The windows of a result, best first."""
        self.clear()
        several = len({each["image"] for each in result["suggestions"]}) > 1
        for number, each in enumerate(result["suggestions"], 1):
            place = f"{Path(each['image']).name}: " if several else ""
            item = QListWidgetItem(f"{number}  {place}{reason_in_words(each['reason'])}")
            item.setData(Qt.ItemDataRole.UserRole, (each["wkt"], result["crs"]))
            self.list.addItem(item)
        self.list.setVisible(True)

    def _on_clicked(self, item):
        self.chosen.emit(*item.data(Qt.ItemDataRole.UserRole))


def reason_in_words(reason):
    """Why a place is worth labelling; a reason that is not known stays as the engine says it."""
    known = {
        "doubt": tr("the model is unsure here"),
        "contradiction": tr("the model is sure, but similar ground was labelled otherwise"),
        "novelty": tr("nothing labelled looks like this"),
    }
    return known.get(reason, reason)


def go_to(canvas, wkt, crs):
    """Zoom the map to a window, and let it flash."""
    window = QgsGeometry.fromWkt(wkt)
    own = QgsCoordinateReferenceSystem.fromWkt(crs) if crs else QgsCoordinateReferenceSystem()
    shown = canvas.mapSettings().destinationCrs()
    box = QgsCoordinateTransform(own, shown, QgsProject.instance()).transformBoundingBox(
        window.boundingBox()
    )
    box.scale(AROUND)
    canvas.setExtent(box)
    canvas.refresh()
    canvas.flashGeometries([window], own)
