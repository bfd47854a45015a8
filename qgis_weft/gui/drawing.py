# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawing tools as actions, and what becomes of the shapes that they draw."""

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QActionGroup

from ..layers.images import to_layer_crs
from ..paths import RESOURCES
from ..settings import Setting
from ..translate import tr
from .tools.brush import BrushTool
from .tools.polygon import PolygonTool
from .tools.rectangle import RectangleTool

AREA_COLOUR, ERASER_COLOUR = "#ffd400", "#ffffff"


class Drawing(QObject):
    """Owns the map tools. `labels` gives the LabelLayers, made when the first shape needs them."""

    drawn = pyqtSignal()
    class_chosen = pyqtSignal(int)
    refused = pyqtSignal(str)

    def __init__(self, canvas, session, labels, parent=None):
        super().__init__(parent)
        self.canvas, self.session, self.labels = canvas, session, labels
        self.group = QActionGroup(self)
        width = Setting.BRUSH_WIDTH.get()
        self.tools = {
            "polygon": PolygonTool(canvas),
            "rectangle": RectangleTool(canvas),
            "brush": BrushTool(canvas, width),
            "area": RectangleTool(canvas),
            "eraser": BrushTool(canvas, width),
        }
        words = {
            "polygon": tr("Draw a polygon: click its corners, right click to finish"),
            "rectangle": tr("Draw a rectangle: drag, or click two corners"),
            "brush": tr("Paint: drag; Shift and wheel change the width"),
            "area": tr("Area: a rectangle inside which every object is labelled"),
            "eraser": tr("Erase labels; areas that are covered wholly go too"),
        }
        self.actions = [self._action(name, words[name]) for name in self.tools]
        for name, tool in self.tools.items():
            tool.drawn.connect(lambda shape, name=name: self._on_drawn(name, shape))
            tool.class_chosen.connect(self.class_chosen)
        self.tools["area"].set_colour(AREA_COLOUR)
        self.tools["eraser"].set_colour(ERASER_COLOUR)
        session.changed.connect(self._recolour)
        self._recolour()

    def close(self):
        """Give the canvas back."""
        for tool in self.tools.values():
            if self.canvas.mapTool() is tool:
                self.canvas.unsetMapTool(tool)
            tool.dispose()

    def set_width(self, width):
        """The width of brush and eraser in screen pixels."""
        for name in ("brush", "eraser"):
            self.tools[name].set_width(width)

    def _action(self, name, words):
        action = QAction(QIcon(str(RESOURCES / "icons" / f"{name}.svg")), words, self.group)
        action.setCheckable(True)
        tool = self.tools[name]
        tool.setAction(action)
        action.triggered.connect(lambda checked=False: self.canvas.setMapTool(tool))
        return action

    def _on_drawn(self, name, shape):
        layers = self.labels()
        if layers is None:
            return
        try:
            self._draw(name, shape, layers)
        except OSError as reason:
            self.refused.emit(str(reason))
        else:
            self.drawn.emit()

    def _draw(self, name, shape, layers):
        crs = self.canvas.mapSettings().destinationCrs()
        if name == "area":
            layers.add(layers.areas, to_layer_crs(shape, crs, layers.areas))
        elif name == "eraser":
            layers.erase(to_layer_crs(shape, crs, layers.labels))
        elif self.session.state.classes:
            current = self.session.state.classes[self.session.state.current]
            layers.add(layers.labels, to_layer_crs(shape, crs, layers.labels), current.name)

    def _recolour(self, *change):
        state = self.session.state
        if state.classes:
            for name in ("polygon", "rectangle", "brush"):
                self.tools[name].set_colour(state.classes[state.current].colour)
