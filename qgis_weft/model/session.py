# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the open project, with a signal for every change."""

import os
from dataclasses import replace
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .state import State, from_text, to_text, with_paths

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
        project.writeProject.connect(self._keep)
        self.load()

    def close(self):
        """Follow the project no more."""
        project = QgsProject.instance()
        project.readProject.disconnect(self.load)
        project.cleared.disconnect(self.clear)
        project.writeProject.disconnect(self._keep)

    def update(self, **values):
        """Change some values."""
        self.set(replace(self.state, **values))

    def set(self, state):
        """Take another state, keep it in the project, and tell."""
        if state == self.state:
            return
        self.state = state
        self._keep()
        self.changed.emit(state)

    def load(self, *document):
        """Take the state of the project that was opened."""
        project = QgsProject.instance()
        text, found = project.readEntry(SCOPE, KEY, "")
        state = with_paths(from_text(text), project.readPath) if found else State()
        self.state = without_missing(state)
        self.changed.emit(self.state)

    def clear(self):
        """Begin anew, as with a new project."""
        self.state = State()
        self.changed.emit(self.state)

    def _keep(self, *document):
        """Write the state into the project, with paths that stay true where the project moves."""
        if self.state != State():
            project = QgsProject.instance()
            project.writeEntry(SCOPE, KEY, to_text(with_paths(self.state, project.writePath)))


def without_missing(state):
    """The state without a model and rasters that are not there any more."""
    model = state.model if Path(state.model).is_file() else ""
    return replace(state, model=model, rasters=tuple(filter(os.path.isfile, state.rasters)))
