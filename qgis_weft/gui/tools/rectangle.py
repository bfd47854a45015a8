# SPDX-License-Identifier: GPL-3.0-or-later
"""From corner to corner, by dragging or by two clicks; upright on the map as it is turned."""

from .base import LabelTool
from .shapes import turned_rectangle

DRAG_PIXELS = 4


class RectangleTool(LabelTool):
    """Draws a rectangle; also the one for areas."""

    def __init__(self, canvas):
        super().__init__(canvas)
        self.first = self.pressed = None

    def canvasPressEvent(self, event):  # noqa: N802 - QGIS calls it so
        """The first corner, or the second of two clicks."""
        if self.is_left(event):
            self.pressed = event.pos()
            if self.first is None:
                self.first = event.mapPoint()
        else:
            self.start_over()

    def canvasMoveEvent(self, event):  # noqa: N802 - QGIS calls it so
        """Show the rectangle so far."""
        if self.first is not None:
            self.show_shape(self._shape(event))

    def canvasReleaseEvent(self, event):  # noqa: N802 - QGIS calls it so
        """The end of a drag, or of the second click; a first click waits for the second."""
        if self.first is None or not self.is_left(event):
            return
        shape = self._shape(event)
        dragged = (event.pos() - self.pressed).manhattanLength() > DRAG_PIXELS
        second = self.canvas().getCoordinateTransform().transform(self.first).toQPointF().toPoint()
        if dragged or (second - event.pos()).manhattanLength() > DRAG_PIXELS:
            self.finish(shape)

    def start_over(self):
        """Forget the first corner."""
        self.first = None
        super().start_over()

    def _shape(self, event):
        return turned_rectangle(self.first, event.mapPoint(), self.canvas().rotation())
