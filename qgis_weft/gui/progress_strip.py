# SPDX-License-Identifier: GPL-3.0-or-later
"""The foot of the panel: what runs, how long it still takes, and how to stop it."""

import time

from qgis.PyQt.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ..quantities import duration
from ..translate import tr
from ..words.engine import in_words
from .parts import SPACING, button, text

STEPS = 1000
WORTH_TELLING_S = 2.0


class ProgressStrip(QWidget):
    """Shows the progress of the one job that runs."""

    def __init__(self, cancel, stop_now, parent=None):
        super().__init__(parent)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words = text()
        self.cancel = button(
            tr("Cancel"), tr("Stop after this step and keep what is finished"), cancel
        )
        self.stop = button(
            tr("Stop now"), tr("Stop, and end the engine if it takes over 15 seconds"), stop_now
        )
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addLayout(row)
        self._stage, self._began, self._share = "", 0.0, 0.0
        self.hide()

    def begin(self, title):
        """A job started."""
        self._stage = ""
        self.bar.setRange(0, 0)
        self.words.setText(title)
        self.cancel.setEnabled(True)
        self.show()

    def show_progress(self, progress):
        """How far it is."""
        now = time.monotonic()
        if progress.text != self._stage:
            self._stage, self._began, self._share = progress.text, now, progress.share
        self.bar.setRange(0, STEPS)
        self.bar.setValue(int(progress.share * STEPS))
        done, spent = progress.share - self._share, now - self._began
        words = in_words(progress.text)
        if done > 0 and spent > WORTH_TELLING_S:
            left = tr("{} left").format(duration(spent * (1 - progress.share) / done))
            words = f"{words}, {left}"
        self.words.setText(words)

    def end(self):
        """Nothing runs."""
        self.hide()
