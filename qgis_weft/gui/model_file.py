# SPDX-License-Identifier: GPL-3.0-or-later
"""Load… and Save… of the Adapt panel."""

import shutil
from pathlib import Path

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog

from ..jobs import requests
from ..jobs.workplace import with_ending
from ..translate import tr


class ModelFile(QObject):
    """Asks for a file; `loaded` tells its path and its card, which the engine has read."""

    loaded = pyqtSignal(str, dict)
    refused = pyqtSignal(str)
    failed = pyqtSignal(object)

    def __init__(self, desk, window, parent=None):
        super().__init__(parent)
        self.desk, self.window = desk, window
        self._wanted = ""

    def load(self):
        """Ask for a model and what it is."""
        path, _ = QFileDialog.getOpenFileName(
            self.window, tr("Load model"), "", tr("WEFT model (*.weft)")
        )
        if path:
            self._wanted = path
            call = self.desk.client.request("describeModel", requests.describe_model(path))
            call.succeeded.connect(lambda card: self._on_described(path, card))
            call.failed.connect(self.failed)

    def leave(self):
        """The project that wanted a model is gone."""
        self._wanted = ""

    def save(self):
        """Copy the present model to where the user says."""
        path, _ = QFileDialog.getSaveFileName(
            self.window, tr("Save model"), "", tr("WEFT model (*.weft)")
        )
        if not path:
            return
        target = with_ending(path, ".weft")
        if target != Path(path) and target.exists():
            # the dialog asked about another name
            self.refused.emit(tr("{} is there already; choose another name.").format(target))
            return
        try:
            shutil.copyfile(self.desk.session.state.model, target)
        except shutil.SameFileError:
            pass
        except OSError as reason:
            self.refused.emit(tr("The model cannot be saved there: {}").format(reason.strerror))

    def _on_described(self, path, card):
        # another may have been chosen since, or another project been opened
        if path == self._wanted:
            self.loaded.emit(path, card)
