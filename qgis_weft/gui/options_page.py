# SPDX-License-Identifier: GPL-3.0-or-later
"""The page WEFT in QGIS's options."""

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout

from ..paths import RESOURCES
from ..process.environment import data_folder
from ..settings import Setting
from ..translate import tr
from .parts import text


class OptionsPage(QgsOptionsPageWidget):
    """Which Python runs the engine, where it is installed, and on what it computes.

    `engine_chosen` and `device_chosen` are called when that is another one than before.
    """

    def __init__(self, parent, engine_chosen, device_chosen):
        super().__init__(parent)
        self._engine_chosen, self._device_chosen = engine_chosen, device_chosen
        self.python = QgsFileWidget()
        self.python.setFilePath(Setting.ENGINE_PYTHON.get())
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setFilePath(Setting.ENGINE_FOLDER.get())
        self.folder.lineEdit().setPlaceholderText(str(data_folder()))
        self.device = QComboBox()
        for words, value in (
            (tr("GPU where there is one"), "auto"),
            (tr("CPU"), "cpu"),
            (tr("GPU only (CUDA)"), "cuda"),
        ):
            self.device.addItem(words, value)
        self.device.setCurrentIndex(self.device.findData(Setting.DEVICE.get()))
        form = QFormLayout(self)
        form.addRow(tr("Folder of the engine"), self.folder)
        form.addRow(tr("Python of your own"), self.python)
        form.addRow(
            text(
                tr(
                    'Leave it empty to use the engine that "Set up engine…" installs. A '
                    "Python given here must have the packages of requirements.lock; where it "
                    'has not, "Set up engine…" makes an environment by it.'
                ),
            )
        )
        form.addRow(tr("Compute on"), self.device)

    def apply(self):
        """Keep what was chosen; QGIS calls this also when another page was changed."""
        before, device = engine_settings(), Setting.DEVICE.get()
        Setting.ENGINE_PYTHON.set(self.python.filePath())
        Setting.ENGINE_FOLDER.set(self.folder.filePath())
        Setting.DEVICE.set(self.device.currentData())
        if engine_settings() != before:
            self._engine_chosen()
        elif Setting.DEVICE.get() != device:
            self._device_chosen()


def engine_settings():
    """What decides which engine is run."""
    return Setting.ENGINE_PYTHON.get(), Setting.ENGINE_FOLDER.get()


class OptionsFactory(QgsOptionsWidgetFactory):
    """Offers the page to QGIS."""

    def __init__(self, engine_chosen, device_chosen):
        super().__init__()
        self._engine_chosen, self._device_chosen = engine_chosen, device_chosen
        self.setTitle("WEFT")

    def icon(self):
        """The icon beside the page's name."""
        return QIcon(str(RESOURCES / "icons" / "weft.svg"))

    def createWidget(self, parent):  # noqa: N802 - QGIS calls it so
        """The page."""
        return OptionsPage(parent, self._engine_chosen, self._device_chosen)
