# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 1: which raster layers are used, what they are, and why some cannot be."""

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem

from ..layers.images import describe, raster_layers
from ..translate import tr
from .parts import Section, button, text

ID = Qt.ItemDataRole.UserRole
ROWS = 4


class ImagePanel(Section):
    """A list of raster layers to tick; the facts of the one that is selected below it."""

    save_wanted = pyqtSignal(object)

    def __init__(self, session, parent=None):
        super().__init__(tr("1  Image"), parent)
        self.session = session
        self.list = QListWidget()
        self.list.setMaximumHeight(self.list.fontMetrics().height() * ROWS + 16)
        self.facts = text()
        self.save = button(
            tr("Save this extent as a raster…"),
            tr("Export what the map shows of this layer as a GeoTIFF, and use that"),
            lambda: self.save_wanted.emit(self._layer()),
        )
        self.add(self.list, self.facts, self.save)
        self.list.itemChanged.connect(self._on_ticked)
        self.list.currentItemChanged.connect(lambda *items: self._show_facts())
        session.changed.connect(self._show_ticks)
        project = QgsProject.instance()
        project.layersAdded.connect(self.refresh)
        project.layersRemoved.connect(self.refresh)
        project.layersAdded.connect(self._follow)
        self._follow(raster_layers())
        self.refresh()

    def close_down(self):
        """Follow the project no more."""
        project = QgsProject.instance()
        project.layersAdded.disconnect(self.refresh)
        project.layersRemoved.disconnect(self.refresh)
        project.layersAdded.disconnect(self._follow)

    def refresh(self, *changes):
        """The list as the project is now."""
        selected = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for layer in raster_layers():
            if layer.customProperty("weft/role"):
                continue
            facts = describe(layer)
            item = QListWidgetItem(facts.name)
            item.setData(ID, facts.id)
            usable = not facts.problem
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | (Qt.ItemFlag.ItemIsUserCheckable if usable else Qt.ItemFlag.NoItemFlags)
            )
            if usable:
                item.setCheckState(self._tick(facts.id))
            item.setToolTip(facts.problem or facts.path)
            self.list.addItem(item)
        self.list.setCurrentRow(max(0, min(selected, self.list.count() - 1)))
        self.list.blockSignals(False)
        self._show_facts()

    def _follow(self, layers):
        """Notice layers that are mended, or put elsewhere."""
        for layer in layers:
            layer.dataSourceChanged.connect(self.refresh)
            layer.crsChanged.connect(self.refresh)

    def _show_ticks(self, *change):
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                item.setCheckState(self._tick(item.data(ID)))
        self.list.blockSignals(False)

    def _tick(self, id_):
        ticked = id_ in self.session.state.images
        return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked

    def _on_ticked(self, item):
        ticked = item.checkState() == Qt.CheckState.Checked
        others = [each for each in self.session.state.images if each != item.data(ID)]
        self.session.update(images=tuple([*others, item.data(ID)] if ticked else others))

    def _layer(self):
        item = self.list.currentItem()
        return None if item is None else QgsProject.instance().mapLayer(item.data(ID))

    def _show_facts(self):
        layer = self._layer()
        if layer is None:
            self.facts.setText(tr("Add a raster layer to the project: an orthophoto, for example."))
            self.save.hide()
            return
        facts = describe(layer)
        self.facts.setText(facts.problem or facts.summary)
        self.save.setVisible(facts.remote)
