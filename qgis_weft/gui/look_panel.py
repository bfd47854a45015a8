# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 4: the present view as probabilities, restyled without the engine."""

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QSlider

from ..model.state import limit_class
from ..quantities import number
from ..settings import Setting
from ..translate import tr
from .parts import Section, button, text, warning
from .suggestion_list import SuggestionList

PERCENT = 100


class LookPanel(Section):
    """Preview view, opacity, whether what is shown is still true, and where to label next."""

    preview_wanted = pyqtSignal()
    restyled = pyqtSignal()

    def __init__(self, session, parent=None):
        super().__init__(tr("4  Look"), parent)
        self.session = session
        self.preview = button(
            tr("Preview view"), tr("Predict what the map shows now"), self.preview_wanted.emit
        )
        self.automatic = QCheckBox(tr("Predict the view after each Adapt"))
        self.automatic.setChecked(Setting.AUTO_PREVIEW.get())
        self.outdated = text()
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, PERCENT)
        self.opacity.setValue(Setting.OPACITY.get())
        self.threshold = QSlider(Qt.Orientation.Horizontal)
        self.threshold.setRange(1, PERCENT - 1)
        self.words = text()
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Opacity"), self.opacity)
        form.addRow(tr("Threshold"), self.threshold)
        form.addRow(self.words)
        self.add_row(self.preview)
        self.add(self.automatic)
        self.column.addLayout(form)
        self.suggestions = SuggestionList()
        self.add(self.outdated, self.suggestions)
        self.show_outdated(False)
        self.automatic.toggled.connect(Setting.AUTO_PREVIEW.set)
        self.opacity.valueChanged.connect(self._on_opacity)
        self.threshold.valueChanged.connect(self._on_threshold)
        session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *change):
        """The threshold of the current class as it is now."""
        name, limits = self._current()
        self.threshold.setEnabled(bool(name))
        self.threshold.blockSignals(True)
        self.threshold.setValue(round(limits.threshold * PERCENT))
        self.threshold.blockSignals(False)
        shown = tr("{} is shown where its probability is at least {}.")
        self.words.setText(shown.format(name, number(limits.threshold, 2)) if name else "")

    def show_outdated(self, yes):
        """Whether labels or model changed since the preview."""
        self.outdated.setText(tr("Outdated: labels or model have changed since.") if yes else "")
        self.outdated.setVisible(yes)
        warning(self.outdated, yes)

    def _current(self):
        state = self.session.state
        name = state.classes[state.current].name if state.classes else ""
        return name, state.outlines_of(name)

    def _on_threshold(self, percent):
        name, _ = self._current()
        self.session.set(limit_class(self.session.state, name, threshold=percent / PERCENT))
        self.restyled.emit()

    def _on_opacity(self, percent):
        Setting.OPACITY.set(percent)
        self.restyled.emit()
