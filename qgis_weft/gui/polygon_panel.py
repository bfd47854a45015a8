# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 6: how polygons are drawn, class by class, and where they go."""

from dataclasses import replace

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout

from ..model.state import limit_class
from ..translate import tr
from .parts import Section, button, narrow

OWN_CHOICE = -1.0  # clamped to the least value of boxes that have such a choice


class PolygonPanel(Section):
    """Limits of the class that is chosen; threshold also restyles the preview at once."""

    draw_wanted = pyqtSignal()
    export_wanted = pyqtSignal()
    restyled = pyqtSignal()

    def __init__(self, session, parent=None):
        super().__init__(tr("6  Polygons"), parent)
        self.session = session
        self.name = QComboBox()
        self.threshold = spin(0.01, 1.0, 2, 0.05)
        self.confidence = spin(0.0, 1.0, 2, 0.05, special=tr("automatic"))
        self.area = spin(0.0, 1e6, 1, 1.0, tr(" m²"), tr("automatic"))
        self.hole = spin(0.0, 1e6, 1, 1.0, tr(" m²"))
        self.simplify = spin(0.0, 100.0, 2, 0.1, tr(" m"), tr("one pixel"))
        self.split = QCheckBox(tr("Split objects that touch"))
        self.shape = QComboBox()
        self.shape.addItem(tr("As found"), "outline")
        self.shape.addItem(tr("Right angles, for buildings"), "right-angles")
        self.shape.addItem(tr("Boxes, for ships"), "box")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        self.confidence.setToolTip(
            tr("Automatic: objects that are mostly false are left out; 0 draws them all")
        )
        self.area.setToolTip(tr("Automatic: a quarter of a small labelled object"))
        self.split.setToolTip(tr("Off: what touches is one polygon, as for forest or water"))
        self.shape.setToolTip(
            tr("Fields tell where right angles were possible, or how long and wide boxes are")
        )
        narrow(self.name, self.shape, *self._limits())
        form.addRow(tr("Class"), self.name)
        form.addRow(tr("Threshold"), self.threshold)
        form.addRow(tr("Least confidence"), self.confidence)
        form.addRow(tr("Least area"), self.area)
        form.addRow(tr("Least hole"), self.hole)
        form.addRow(self.split)
        form.addRow(tr("Shape"), self.shape)
        form.addRow(tr("Simplify, all classes"), self.simplify)
        self.column.addLayout(form)
        self.draw = button(
            tr("Draw again"),
            tr("New polygons from the last run; predicts nothing"),
            self.draw_wanted.emit,
        )
        self.export = button(
            tr("Export…"),
            tr("Shapefile, GeoPackage, GeoJSON or FlatGeobuf"),
            self.export_wanted.emit,
        )
        self.add_row(self.draw, self.export)
        self.name.currentIndexChanged.connect(lambda index: self.refresh())
        for widget in self._limits():
            widget.valueChanged.connect(lambda value: self._keep())
        self.split.toggled.connect(lambda checked: self._keep())
        self.shape.currentIndexChanged.connect(lambda index: self._keep())
        session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *change):
        """The state as it is now."""
        state = self.session.state
        names = [each.name for each in state.classes]
        if names != [self.name.itemText(i) for i in range(self.name.count())]:
            self.name.blockSignals(True)
            before = self.name.currentText()
            self.name.clear()
            self.name.addItems(names)
            self.name.setCurrentText(before)
            self.name.blockSignals(False)
        limits = state.outlines_of(self.name.currentText())
        values = (
            *(limits.threshold, limits.min_confidence, limits.min_area_m2, limits.min_hole_m2),
            state.simplify_m,
        )
        for widget, value in zip(self._limits(), values):
            widget.blockSignals(True)
            widget.setValue(OWN_CHOICE if value is None else value)
            widget.blockSignals(False)
        for widget in (self.split, self.shape):
            widget.blockSignals(True)
        self.split.setChecked(limits.split)
        self.shape.setCurrentIndex(self.shape.findData(limits.shape))
        for widget in (self.split, self.shape):
            widget.blockSignals(False)
        self.draw.setEnabled(bool(state.rasters))

    def _limits(self):
        return self.threshold, self.confidence, self.area, self.hole, self.simplify

    def _keep(self):
        state, name = self.session.state, self.name.currentText()
        if not name:
            return
        limited = limit_class(
            state,
            name,
            threshold=self.threshold.value(),
            min_confidence=chosen(self.confidence),
            min_area_m2=chosen(self.area),
            min_hole_m2=self.hole.value(),
            split=self.split.isChecked(),
            shape=self.shape.currentData(),
        )
        self.session.set(replace(limited, simplify_m=chosen(self.simplify)))
        self.restyled.emit()


def spin(least, most, decimals, step, suffix="", special=""):
    """A number; `special` is what one step below the least one means."""
    box = QDoubleSpinBox()
    box.setRange(least - step if special else least, most)
    box.setDecimals(decimals)
    box.setSingleStep(step)
    box.setSuffix(suffix)
    box.setSpecialValueText(special)
    return box


def chosen(box):
    """The value, or None for "your own choice"."""
    return None if box.value() < 0 else box.value()
