# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of places; a click on one leads the map there."""

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
)
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem

LINES = 5
AROUND = 1.2


class PlaceList(QListWidget):
    """`chosen` tells the outline of a place as WKT, and its CRS as WKT or None."""

    chosen = pyqtSignal(str, object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setWordWrap(True)
        self.setMaximumHeight(2 * LINES * self.fontMetrics().lineSpacing())
        self.itemClicked.connect(self._on_clicked)
        self.itemActivated.connect(self._on_clicked)
        self.hide()

    def clear(self):
        """Forget all places."""
        super().clear()
        self.hide()

    def show_places(self, places, crs):
        """Places as pairs of words and outline, numbered in this order."""
        self.clear()
        for number, (words, wkt) in enumerate(places, 1):
            item = QListWidgetItem(f"{number}  {words}")
            item.setData(Qt.ItemDataRole.UserRole, (wkt, crs))
            self.addItem(item)
        self.setVisible(self.count() > 0)

    def _on_clicked(self, item):
        self.chosen.emit(*item.data(Qt.ItemDataRole.UserRole))


def go_to(canvas, wkt, crs):
    """Zoom the map to a place, and let it flash."""
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
