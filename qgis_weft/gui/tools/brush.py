# SPDX-License-Identifier: GPL-3.0-or-later
"""A round brush that follows the mouse; the eraser is the same with another end."""

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import Qt, pyqtSignal

from .base import LabelTool
from .shapes import stroke

NARROWEST, WIDEST = 2, 400


class BrushTool(LabelTool):
    """Paints with a width in screen pixels; Shift and the wheel, or + and -, change it."""

    width_changed = pyqtSignal(int)

    def __init__(self, canvas, width=12):
        super().__init__(canvas)
        self.width = width
        self.points = []

    def canvasPressEvent(self, event):  # noqa: N802 - QGIS calls it so
        """The brush touches down."""
        if self.is_left(event):
            self.points = [event.mapPoint()]
            self._show()

    def canvasMoveEvent(self, event):  # noqa: N802 - QGIS calls it so
        """The brush moves, or is about to."""
        if self.points:
            self.points.append(event.mapPoint())
            self._show()
        else:
            here = QgsGeometry.fromPointXY(event.mapPoint())
            self.show_shape(here.buffer(self._map_width() / 2, 8))

    def canvasReleaseEvent(self, event):  # noqa: N802 - QGIS calls it so
        """The brush is lifted."""
        if self.points and self.is_left(event):
            self.finish(stroke(self.points, self._map_width()))

    def wheelEvent(self, event):  # noqa: N802 - Qt calls it so
        """With Shift the width, else the canvas zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self.set_width(self.width * (1.2 if turned > 0 else 1 / 1.2))
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event):  # noqa: N802 - Qt calls it so
        """+ and - change the width."""
        if event.text() in ("+", "-"):
            self.set_width(self.width * (1.2 if event.text() == "+" else 1 / 1.2))
            event.accept()
        else:
            super().keyPressEvent(event)

    def set_width(self, width):
        """The width in screen pixels; a change is one pixel at least."""
        if width == self.width:
            return
        step = 1 if width > self.width else -1
        rounded = round(width) if round(width) != self.width else self.width + step
        self.width = max(NARROWEST, min(WIDEST, rounded))
        self.width_changed.emit(self.width)

    def start_over(self):
        """Forget the stroke."""
        self.points = []
        super().start_over()

    def _show(self):
        self.show_shape(stroke(self.points, self._map_width()))

    def _map_width(self):
        return self.width * self.canvas().mapUnitsPerPixel()
