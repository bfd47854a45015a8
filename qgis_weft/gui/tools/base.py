# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tools share: the rubber band, the keys 1 to 9 for classes, Escape."""

from qgis.core import QgsWkbTypes
from qgis.gui import QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor


class LabelTool(QgsMapTool):
    """Draws one shape after the other; each that is finished is told by `drawn`, in map CRS."""

    drawn = pyqtSignal(object)
    class_chosen = pyqtSignal(int)

    def __init__(self, canvas, colour="#ffd400"):
        super().__init__(canvas)
        self.band = QgsRubberBand(canvas, QgsWkbTypes.PolygonGeometry)
        self.set_colour(colour)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_colour(self, colour):
        """The colour of what is being drawn."""
        line, fill = QColor(colour), QColor(colour)
        fill.setAlpha(60)
        self.band.setStrokeColor(line)
        self.band.setFillColor(fill)
        self.band.setWidth(2)

    def show_shape(self, geometry):
        """Show what is being drawn."""
        if geometry is None:
            self.band.reset(QgsWkbTypes.PolygonGeometry)
        else:
            self.band.setToGeometry(geometry, None)

    def finish(self, geometry):
        """Tell a shape and begin anew."""
        self.start_over()
        if geometry is not None and not geometry.isEmpty():
            self.drawn.emit(geometry)

    def start_over(self):
        """Forget what is half drawn."""
        self.show_shape(None)

    def keyPressEvent(self, event):  # noqa: N802 - Qt calls it so
        """1 to 9 choose the class, Escape gives up the shape."""
        digit = event.text()
        if event.key() == Qt.Key.Key_Escape:
            self.start_over()
            event.accept()
        elif digit.isdigit() and digit != "0":
            self.class_chosen.emit(int(digit) - 1)
            event.accept()
        else:
            event.ignore()

    def deactivate(self):
        """The user took another tool."""
        self.start_over()
        super().deactivate()

    def dispose(self):
        """Take the rubber band off the canvas."""
        self.canvas().scene().removeItem(self.band)

    def is_left(self, event):
        """Whether the left button did it."""
        return event.button() == Qt.MouseButton.LeftButton
