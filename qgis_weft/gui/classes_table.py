# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes: colour, name, how many objects, how much ground."""

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from ..quantities import number
from ..translate import tr
from .parts import narrow

COLOUR, NAME, COUNT, AREA = range(4)
COLOUR_ROLE = Qt.ItemDataRole.UserRole
SWATCH = 16
ROWS = 4


class ClassesTable(QTableWidget):
    """Double click on a colour or a name changes it; the selected row is what is drawn."""

    chosen = pyqtSignal(int)
    renamed = pyqtSignal(int, str)
    recoloured = pyqtSignal(int, str)

    def __init__(self, parent=None):
        super().__init__(0, 4, parent)
        self.setHorizontalHeaderLabels(["", tr("Class"), tr("Objects"), tr("Area")])
        self.verticalHeader().setVisible(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        for column in (COLOUR, COUNT, AREA):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        narrow(self)
        height = self.fontMetrics().height() + 10
        self.verticalHeader().setDefaultSectionSize(height)
        self.setFixedHeight(height * (ROWS + 1) + 4)
        self.itemChanged.connect(self._on_changed)
        self.cellDoubleClicked.connect(self._on_double_clicked)
        self.currentCellChanged.connect(
            lambda row, *rest: self.chosen.emit(row) if row >= 0 else None
        )

    def show_state(self, state, counts, areas_m2):
        """The classes of a state with what is drawn of each."""
        self.blockSignals(True)
        self.setRowCount(len(state.classes))
        for row, each in enumerate(state.classes):
            swatch = QTableWidgetItem()
            swatch.setIcon(filled(each.colour))
            swatch.setData(COLOUR_ROLE, each.colour)
            swatch.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            swatch.setToolTip(tr("Double click to choose another colour"))
            self.setItem(row, COLOUR, swatch)
            name = QTableWidgetItem(each.name)
            name.setToolTip(
                tr("Key {} draws this class; double click to rename it").format(row + 1)
            )
            self.setItem(row, NAME, name)
            for column, words in (
                (COUNT, str(counts.get(each.name, 0))),
                (AREA, area_in_words(areas_m2.get(each.name, 0.0))),
            ):
                cell = QTableWidgetItem(words)
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, cell)
        if state.classes:
            self.setCurrentCell(state.current, NAME)
        self.blockSignals(False)

    def _on_changed(self, item):
        if item.column() == NAME:
            self.renamed.emit(item.row(), item.text())

    def _on_double_clicked(self, row, column):
        if column == COLOUR:
            before = QColor(self.item(row, COLOUR).data(COLOUR_ROLE))
            colour = QColorDialog.getColor(before, self, tr("Colour of the class"))
            if colour.isValid():
                self.recoloured.emit(row, colour.name())


def filled(colour):
    """A square of a colour, the same in selected rows."""
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(QColor(colour))
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(pixmap, mode)
    return icon


def area_in_words(square_metres):
    """Square metres, or hectares where that is shorter."""
    if square_metres >= 1e5:
        return tr("{} ha").format(number(square_metres / 1e4, 1))
    return tr("{} m²").format(number(square_metres, 0))
