# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 2: classes, tools to draw with, and what is still missing."""

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QInputDialog, QSpinBox

from ..model import hints
from ..model.state import BACKGROUND, add_class, recolour_class, remove_class, rename_class
from ..settings import Setting
from ..translate import tr
from .classes_table import ClassesTable
from .parts import Section, button, text, tool_button, warning
from .tools.brush import NARROWEST, WIDEST


class LabelPanel(Section):
    """The file of the labels, the classes, the tools."""

    file_wanted = pyqtSignal()
    class_renamed = pyqtSignal(str, str)
    class_removed = pyqtSignal(str)
    complaint = pyqtSignal(str)

    def __init__(self, session, tools, parent=None):
        super().__init__(tr("2  Labels"), parent)
        self.session = session
        self.table = ClassesTable()
        self.hint = text()
        self.file = text()
        self.width = QSpinBox()
        self.width.setRange(NARROWEST, WIDEST)
        self.width.setSuffix(tr(" px"))
        self.width.setToolTip(
            tr("Width of brush and eraser; Shift and the mouse wheel change it too")
        )
        self.width.setValue(Setting.BRUSH_WIDTH.get())
        row = QHBoxLayout()
        row.setSpacing(2)
        for action in tools:
            row.addWidget(tool_button(action))
        row.addWidget(self.width)
        row.addStretch(1)
        self.add(self.table)
        self.add_row(
            button(tr("Add class…"), tr("Another kind of object to draw and find"), self._add),
            button(tr("Delete class"), tr("The class and its labels"), self._remove),
        )
        self.column.addLayout(row)
        self.add(self.hint)
        choose = button(
            tr("File…"), tr("Keep labels and areas in another GeoPackage"), self.file_wanted.emit
        )
        self.add_row(self.file, choose, stretch=self.file)
        self.table.chosen.connect(lambda index: session.update(current=index))
        self.table.renamed.connect(self._rename)
        self.table.recoloured.connect(
            lambda index, colour: session.set(recolour_class(session.state, index, colour))
        )
        self.width.valueChanged.connect(Setting.BRUSH_WIDTH.set)

    def show_labelled(self, labelled, areas_m2, file):
        """What is drawn so far, and what is missing."""
        counts = {**labelled.objects, BACKGROUND: labelled.background}
        self.table.show_state(self.session.state, counts, areas_m2)
        problem = hints.blocking(labelled)
        self.hint.setText(problem or hints.advice(labelled) or tr("Ready to adapt."))
        warning(self.hint, bool(problem))
        self.file.setText(str(file) if file else tr("The file is made with the first label."))

    def _add(self):
        name, agreed = QInputDialog.getText(
            self, tr("Add class"), tr("Name, such as building or ship:")
        )
        state = self._try(lambda: add_class(self.session.state, name)) if agreed else None
        if state is not None:
            self.session.set(state)

    def _rename(self, index, name):
        before, now = self.session.state.classes[index].name, name.strip()
        state = self._try(lambda: rename_class(self.session.state, index, now))
        if state is not None and before != now:
            # the labels first: their classes are always in the list
            self.class_renamed.emit(before, now)
            self.session.set(state)

    def _remove(self):
        state = self.session.state
        if not state.classes:
            return
        name = state.classes[state.current].name
        self.class_removed.emit(name)
        self.session.set(remove_class(state, state.current))

    def _try(self, change):
        try:
            return change()
        except ValueError as reason:
            words = {
                "empty": tr("A class needs a name."),
                "taken": tr("There is a class of this name already."),
            }
            self.complaint.emit(words[str(reason)])
            return None
