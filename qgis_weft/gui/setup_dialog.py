# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up engine: what it takes, where it goes, and each step as it happens."""

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout

from ..translate import tr
from ..words.engine import device_in_words
from .parts import button, text

WIDTH, HEIGHT = 560, 380


class SetupDialog(QDialog):
    """Runs a Setup that `make_setup` makes anew for each try."""

    done_well = pyqtSignal(dict)

    def __init__(self, make_setup, folder, parent=None):
        super().__init__(parent)
        self.make_setup = make_setup
        self.setup = None
        self.setWindowTitle(tr("Set up engine"))
        self.resize(WIDTH, HEIGHT)
        self.intro = text(
            tr(
                "WEFT computes with PyTorch, in a Python of its own; QGIS's Python is "
                "never touched. About 3 GB are downloaded from the Python package "
                "index, and 6 GB of disk are taken in {}. It can be cancelled, and goes "
                "on next time where it stopped."
            ).format(folder)
        )
        self.step = text()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.transcript = QPlainTextEdit()
        self.transcript.setReadOnly(True)
        self.transcript.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.begin = button(tr("Set up"), tr("Download and install"), self._begin)
        self.leave = button(tr("Close"), tr("Close this window"), self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.begin)
        row.addWidget(self.leave)
        column = QVBoxLayout(self)
        for widget in (self.intro, self.step, self.bar):
            column.addWidget(widget)
        column.addWidget(self.transcript, 1)
        column.addLayout(row)

    def reject(self):
        """Close, or cancel what runs."""
        if self.setup is not None:
            self.setup.cancel()
        else:
            super().reject()

    def _begin(self):
        self.setup = self.make_setup(self)
        self.setup.step.connect(self.step.setText)
        self.setup.line.connect(self.transcript.appendPlainText)
        self.setup.succeeded.connect(self._on_succeeded)
        self.setup.failed.connect(self._on_failed)
        self.begin.setEnabled(False)
        self.leave.setText(tr("Cancel"))
        self.bar.setRange(0, 0)
        self.bar.show()
        self.setup.start()

    def _on_succeeded(self, facts):
        self._end()
        self.begin.hide()
        works_on = device_in_words(facts["device"]["name"])
        self.step.setText(tr("The engine works: {}.").format(works_on))
        self.done_well.emit(facts)

    def _on_failed(self, message):
        self._end()
        self.begin.setText(tr("Try again"))
        self.begin.setEnabled(True)
        self.step.setText(message)

    def _end(self):
        self.setup.deleteLater()
        self.setup = None
        self.bar.hide()
        self.leave.setText(tr("Close"))
