# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 3: one button, how long it may take, and how well it goes."""

from pathlib import Path

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from ..model.state import BUDGETS
from ..translate import tr
from ..words.figures import area_words, measured_words, model_words
from ..words.methods import tip_on_schedule, words_on, words_on_schedule
from ..words.options import for_the_panel
from .loss_curve import LossCurve
from .parts import Section, button, narrow, text
from .place_list import PlaceList


class AdaptPanel(Section):
    """Adapt, and the model that came out."""

    adapt_wanted = pyqtSignal()
    measure_wanted = pyqtSignal()
    load_wanted = pyqtSignal()
    save_wanted = pyqtSignal()

    def __init__(self, session, parent=None):
        super().__init__(tr("3  Adapt"), parent)
        self.session = session
        self.mode = QComboBox()
        for mode, words in zip(
            BUDGETS, (tr("Fast, 20 s"), tr("Balanced, 1 min"), tr("Best, 5 min"))
        ):
            self.mode.addItem(words, mode)
        self.adapt = button(tr("Adapt"), tr("Learn from what is drawn"), self.adapt_wanted.emit)
        self.adapt.setDefault(True)
        self.curve, self.figures = LossCurve(), text()
        self.model, self.measured, self.worst = text(), text(), PlaceList()
        self.load = button(tr("Load…"), tr("Use a model from a file"), self.load_wanted.emit)
        self.save = button(
            tr("Save as…"), tr("Keep this model for other images"), self.save_wanted.emit
        )
        self.measure = button(
            tr("Measure"),
            tr(
                "How good models of these labels are: trains anew without each area in turn, and "
                "measures on it; takes as long as several times Adapt"
            ),
            self.measure_wanted.emit,
        )
        self.advanced = Advanced(session)
        narrow(self.mode)
        self.add_row(self.mode, self.adapt, stretch=self.mode)
        self.add(self.figures, self.curve)
        self.add(self.model)
        self.add_row(self.load, self.save, self.measure)
        self.add(self.measured, self.worst)
        self.add(self.advanced)
        for widget in (self.curve, self.figures, self.measured):
            widget.hide()
        self.mode.currentIndexChanged.connect(
            lambda index: session.update(mode=self.mode.itemData(index))
        )
        session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *change):
        """The state as it is now."""
        state = self.session.state
        self.mode.setCurrentIndex(self.mode.findData(state.mode))
        self.mode.setEnabled(state.budget_s is None)
        self.save.setEnabled(bool(state.model))
        if not state.model:
            self.model.setText(tr("No model yet."))
        elif not self.model.text().startswith(Path(state.model).stem):
            self.model.setText(Path(state.model).stem)

    def begin(self):
        """A training starts; what was measured before is of other labels."""
        self.forget_measured()
        self.curve.clear()
        self.curve.show()
        self.figures.setText(self.curve.words())
        self.figures.show()

    def show_progress(self, progress):
        """How far it is, and how well it goes."""
        self.curve.add(progress.share, progress.figures)
        self.figures.setText(self.curve.words())

    def show_model(self, path, card):
        """The model in words."""
        self.model.setText(model_words(path, card))

    def show_measured(self, result):
        """What cross-validation found, in words, and the way to the areas."""
        self.measured.setText(measured_words(result))
        self.measured.show()
        places = [(area_words(each), each["wkt"]) for each in result["by_area"]]
        self.worst.show_places(places, result["crs"])

    def forget_measured(self):
        """What was measured does not hold any more."""
        self.measured.hide()
        self.worst.clear()


class Advanced(Section):
    """For those who know what a backbone is."""

    def __init__(self, session, parent=None):
        super().__init__(tr("Advanced"), parent)
        self.session = session
        self.backbone, self.adapter, self.schedule = QComboBox(), QComboBox(), QComboBox()
        self.about, self.default_adapter = text(), ""
        self.backbone.setEditable(True)
        self.weights = QgsFileWidget()
        self.weights.setFilter(tr("Weights (*.safetensors *.pth)"))
        self.budget, self.gsd, self.bands = QSpinBox(), QDoubleSpinBox(), QLineEdit()
        self.budget.setRange(0, 7200)
        self.budget.setSuffix(tr(" s"))
        self.budget.setSpecialValueText(tr("as chosen above"))
        self.gsd.setRange(0, 1000)
        self.gsd.setDecimals(3)
        self.gsd.setSuffix(tr(" m"))
        self.gsd.setSpecialValueText(tr("automatic"))
        self.bands.setPlaceholderText(tr("for example 3,2,1"))
        self.afresh = QCheckBox(tr("Start afresh, not from the last model"))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        for words, widget in (
            (tr("Backbone"), self.backbone),
            (tr("Its weights"), self.weights),
            (tr("Adapter"), self.adapter),
            (None, self.about),
            (tr("What learns"), self.schedule),
            (tr("Budget"), self.budget),
            (tr("GSD"), self.gsd),
            (tr("Bands"), self.bands),
        ):
            narrow(widget)
            form.addRow(*([widget] if words is None else [words, widget]))
        inner = QWidget()
        inner.setLayout(form)
        self.add(inner, self.afresh)
        self.setCollapsed(True)
        self.offer({})
        self.refresh()
        self.backbone.activated.connect(lambda index: self._keep(backbone=chosen(self.backbone)))
        self.backbone.lineEdit().editingFinished.connect(
            lambda: self._keep(backbone=chosen(self.backbone))
        )
        self.adapter.activated.connect(lambda index: self._keep(adapter=chosen(self.adapter)))
        self.schedule.activated.connect(lambda index: self._keep(schedule=chosen(self.schedule)))
        self.weights.fileChanged.connect(lambda path: self._keep(backbone_weights=path))
        self.budget.valueChanged.connect(
            lambda seconds: self._keep(budget_s=float(seconds) or None)
        )
        self.gsd.valueChanged.connect(lambda metres: self._keep(gsd_m=metres or None))
        self.bands.editingFinished.connect(self._keep_bands)
        self.afresh.toggled.connect(lambda on: self._keep(afresh=on))
        session.changed.connect(self.refresh)

    def offer(self, facts):
        """What the engine has; before it has started, nothing but its defaults."""
        defaults = facts.get("defaults", {})
        self.default_adapter = defaults.get("adapter", "")
        for box, kind in ((self.backbone, "backbone"), (self.adapter, "adapter")):
            box.blockSignals(True)
            box.clear()
            box.addItem(tr("default {}").format(defaults.get(kind, "")).strip(), "")
            for name, words in facts.get(f"{kind}s", {}).items():
                if " " not in name:
                    box.addItem(name, name)
                    tip = words_on(name) or for_the_panel(words)
                    box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            box.blockSignals(False)
        self.schedule.blockSignals(True)
        self.schedule.clear()
        for name in facts.get("schedules", {"constant": ""}):
            value = "" if name == defaults.get("schedule", "constant") else name
            self.schedule.addItem(words_on_schedule(name), value)
            tip = tip_on_schedule(name)
            self.schedule.setItemData(self.schedule.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.schedule.blockSignals(False)
        self.refresh()

    def refresh(self, *change):
        """The state as it is now."""
        state = self.session.state
        widgets = (
            self.backbone,
            self.adapter,
            self.schedule,
            self.weights,
            self.budget,
            self.gsd,
            self.bands,
            self.afresh,
        )
        for widget in widgets:
            widget.blockSignals(True)
        choose(self.backbone, state.backbone)
        choose(self.adapter, state.adapter)
        choose(self.schedule, state.schedule)
        self.about.setText(words_on(state.adapter or self.default_adapter))
        self.weights.setFilePath(state.backbone_weights)
        self.budget.setValue(int(state.budget_s or 0))
        self.gsd.setValue(state.gsd_m or 0)
        self.bands.setText(",".join(map(str, state.bands)))
        self.afresh.setChecked(state.afresh)
        for widget in widgets:
            widget.blockSignals(False)

    def _keep(self, **values):
        self.session.update(**values)

    def _keep_bands(self):
        words = self.bands.text().replace(" ", "")
        parts = [part for part in words.split(",") if part]
        if all(part.isdigit() and int(part) > 0 for part in parts):
            self._keep(bands=tuple(map(int, parts)))
        else:
            self.refresh()


def choose(box, value):
    """Show a value: one of the items, or what the user typed."""
    index = box.findData(value)
    if index >= 0:
        box.setCurrentIndex(index)
    else:
        box.setEditText(value)
    if box.isEditable():
        # of a text that is too long the beginning is shown
        box.lineEdit().setCursorPosition(0)


def chosen(box):
    """The value of the item whose text is shown, or the text itself."""
    index = box.findText(box.currentText())
    return box.itemData(index) if index >= 0 else box.currentText().strip()
