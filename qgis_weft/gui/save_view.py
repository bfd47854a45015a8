# SPDX-License-Identifier: GPL-3.0-or-later
"""Offers what the map shows of a web layer as a raster of its own, and takes it as the image."""

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsUnitTypes
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QInputDialog

from ..jobs.workplace import fresh_name
from ..layers.web import MOST_PIXELS, save_task, size_in_pixels
from ..translate import tr

DECIMALS = 6


class SaveView(QObject):
    """Asks for the size of a pixel, and follows the task that writes the file."""

    saved = pyqtSignal(object, str)
    refused = pyqtSignal(str)
    told = pyqtSignal(str)

    def __init__(self, canvas, desk, parent=None):
        super().__init__(parent)
        self.canvas, self.desk = canvas, desk
        self.tasks = []

    def ask(self, layer):
        """Open the question; it does not hold up the rest of QGIS."""
        settings = self.canvas.mapSettings()
        unit = QgsUnitTypes.toString(settings.destinationCrs().mapUnits())
        dialog = QInputDialog(self.canvas)
        dialog.setWindowTitle(tr("Save this extent as a raster"))
        dialog.setLabelText(tr("Size of a pixel, in {}; the map now shows:").format(unit))
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleRange(10.0**-DECIMALS, 1e6)
        dialog.setDoubleDecimals(DECIMALS)
        dialog.setDoubleValue(settings.mapUnitsPerPixel())
        dialog.doubleValueSelected.connect(lambda pixel: self.start(layer, pixel))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def start(self, layer, pixel):
        """Write the view with pixels of that size, in the background."""
        settings = self.canvas.mapSettings()
        extent, crs = settings.visibleExtent(), settings.destinationCrs()
        try:
            size_in_pixels(extent, pixel)
            path = fresh_name(self.desk.folder / "images", "view", ".tif")
        except OSError as reason:
            self.refused.emit(tr("The view cannot be saved: {}").format(reason))
            return
        except ValueError as size:
            columns, rows = size.args
            message = tr(
                "{} × {} pixels are too many; zoom in, or choose larger pixels, up to {} a side."
            )
            self.refused.emit(message.format(columns, rows, MOST_PIXELS))
            return
        # the layer may be gone when it is written
        name, task = layer.name(), save_task(layer, extent, crs, pixel, path)
        task.writeComplete.connect(lambda written: self._on_written(task, name, str(path)))
        task.errorOccurred.connect(lambda code, words: self._on_error(task, words or code))
        self.told.emit(
            tr("Saving the view of {}; QGIS shows the progress below the map.").format(name)
        )
        self.tasks.append(task)
        QgsApplication.taskManager().addTask(task)

    def leave(self):
        """Give up what is still being written: the project that wanted it is gone."""
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task.writeComplete.disconnect()
            task.errorOccurred.disconnect()
            task.cancel()

    def _on_written(self, task, name, path):
        self.tasks.remove(task)
        image = QgsRasterLayer(path, tr("{} (saved view)").format(name))
        if not image.isValid():
            self.refused.emit(tr("The view was saved, but {} cannot be opened.").format(path))
            return
        QgsProject.instance().addMapLayer(image)
        self.saved.emit(image, path)

    def _on_error(self, task, reason):
        self.tasks.remove(task)
        self.refused.emit(tr("The view cannot be saved: {}").format(reason))
