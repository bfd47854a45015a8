# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss and held-out IoU over the time of a training, drawn by hand: no plotting library in QGIS."""

from qgis.PyQt.QtCore import QPointF, QRectF, QSize
from qgis.PyQt.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..quantities import number
from ..translate import tr

LOSS, IOU = QColor("#377eb8"), QColor("#4daf4a")
MOST_POINTS = 500


class LossCurve(QWidget):
    """Grows to the right while a training runs."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.loss, self.iou = [], []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            tr("Loss (blue, falls while it learns) and IoU on the held-out area (green, 0 to 1)")
        )

    def sizeHint(self):  # noqa: N802 - Qt calls it so
        """As low as a curve can be read."""
        return QSize(200, 60)

    def clear(self):
        """Begin anew."""
        self.loss, self.iou = [], []
        self.update()

    def add(self, share, figures):
        """A point at `share` (0 to 1) of the budget."""
        for name, series in (("loss", self.loss), ("held-out IoU", self.iou)):
            value = figures.get(name)
            if isinstance(value, (int, float)):
                if len(series) >= MOST_POINTS:
                    del series[::2]
                series.append((share, float(value)))
        self.update()

    def paintEvent(self, event):  # noqa: N802 - Qt calls it so
        """Frame and curves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid)))
        painter.drawRect(frame)
        inner = frame.adjusted(4, 4, -4, -4)
        top = max((value for _, value in self.loss), default=1.0) or 1.0
        self._draw(painter, inner, self.loss, top, LOSS)
        self._draw(painter, inner, self.iou, 1.0, IOU)

    def _draw(self, painter, inner, series, top, colour):
        points = [
            QPointF(
                inner.left() + share * inner.width(), inner.bottom() - value / top * inner.height()
            )
            for share, value in series
        ]
        painter.setPen(QPen(colour, 2))
        if len(points) == 1:
            painter.drawEllipse(points[0], 1.5, 1.5)
        elif points:
            painter.drawPolyline(QPolygonF(points))

    def words(self):
        """The last figures, for a label beside the curve, which themes can colour."""
        loss = tr("loss {}").format(number(self.loss[-1][1], 2)) if self.loss else tr("loss")
        iou = (
            tr("held-out IoU {}").format(number(self.iou[-1][1], 2))
            if self.iou
            else tr("held-out IoU: not yet")
        )
        return f"{loss}    {iou}"
