# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the open project, with a signal for every change."""

from dataclasses import replace

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .state import State, from_text, to_text

SCOPE, KEY = "WEFT", "session"


class Session(QObject):
    """Holds the present State; it is part of the project and changes with it."""

    changed = pyqtSignal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.state = State()
        project = QgsProject.instance()
        project.readProject.connect(self.load)
        project.cleared.connect(self.clear)
        self.load()

    def close(self):
        """Follow the project no more."""
        project = QgsProject.instance()
        project.readProject.disconnect(self.load)
        project.cleared.disconnect(self.clear)

    def update(self, **values):
        """Change some values."""
        self.set(replace(self.state, **values))

    def set(self, state):
        """Take another state, keep it in the project, and tell."""
        if state == self.state:
            return
        self.state = state
        QgsProject.instance().writeEntry(SCOPE, KEY, to_text(state))
        self.changed.emit(state)

    def load(self, *document):
        """Take the state of the project that was opened."""
        text, found = QgsProject.instance().readEntry(SCOPE, KEY, "")
        self.state = from_text(text) if found else State()
        self.changed.emit(self.state)

    def clear(self):
        """Begin anew, as with a new project."""
        self.state = State()
        self.changed.emit(self.state)
