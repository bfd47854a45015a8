# SPDX-License-Identifier: GPL-3.0-or-later
"""Corner by corner: left adds one, Backspace takes one back, right or double click finishes."""

from qgis.core import QgsWkbTypes
from qgis.PyQt.QtCore import Qt

from .base import LabelTool
from .shapes import polygon


class PolygonTool(LabelTool):
    """Draws a polygon by its corners."""

    def __init__(self, canvas):
        super().__init__(canvas)
        self.points = []

    def canvasPressEvent(self, event):  # noqa: N802 - QGIS calls it so
        """A corner, or the end; not when released, as a double click releases twice."""
        if self.is_left(event):
            self.points.append(event.mapPoint())
            self._show()
        else:
            self.finish(polygon(self.points))

    def canvasDoubleClickEvent(self, event):  # noqa: N802 - QGIS calls it so
        """The end; the first click of the two has added the corner."""
        self.finish(polygon(self.points))

    def canvasMoveEvent(self, event):  # noqa: N802 - QGIS calls it so
        """Show where the next corner would be."""
        if self.points:
            self._show(event.mapPoint())

    def keyPressEvent(self, event):  # noqa: N802 - Qt calls it so
        """Backspace takes a corner back, Enter finishes."""
        if event.key() == Qt.Key.Key_Backspace and self.points:
            self.points.pop()
            self._show()
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish(polygon(self.points))
            event.accept()
        else:
            super().keyPressEvent(event)

    def start_over(self):
        """Forget the corners."""
        self.points = []
        super().start_over()

    def _show(self, *further):
        self.band.reset(QgsWkbTypes.PolygonGeometry)
        for point in (*self.points, *further):
            self.band.addPoint(point)
