# SPDX-License-Identifier: GPL-3.0-or-later
"""Small widgets that several panels use, so that they look alike."""

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

MARGIN, SPACING = 6, 6


class Section(QgsCollapsibleGroupBox):
    """One step of the work, with its number; it can be folded."""

    def __init__(self, title, parent=None):
        super().__init__(title, parent)
        self.setSaveCollapsedState(False)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.column.setSpacing(SPACING)

    def add(self, *widgets):
        """Widgets below each other; returns the last."""
        for widget in widgets:
            self.column.addWidget(widget)
        return widgets[-1]

    def add_row(self, *widgets, stretch=None):
        """Widgets beside each other; the one called `stretch` takes the room that is left."""
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for widget in widgets:
            row.addWidget(widget, 1 if widget is stretch else 0)
        if stretch is None:
            row.addStretch(1)
        self.column.addLayout(row)


def text(message=""):
    """A text that wraps, and from which can be copied."""
    label = QLabel(message)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def narrow(*widgets):
    """Widgets that may become narrower than what they show, so that a panel is never cut off."""
    for widget in widgets:
        widget.setMinimumWidth(60)
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())


def warning(label, shown):
    """Make a text stand out; the palette's own colours keep it readable in dark themes."""
    font = label.font()
    font.setBold(shown)
    label.setFont(font)


def button(title, tip, clicked, icon=None):
    """A push button."""
    result = QPushButton(title)
    result.setToolTip(tip)
    if icon is not None:
        result.setIcon(icon)
    result.clicked.connect(lambda checked=False: clicked())
    return result


def tool_button(action):
    """A flat button for an action."""
    result = QToolButton()
    result.setDefaultAction(action)
    result.setAutoRaise(True)
    return result
