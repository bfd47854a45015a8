# SPDX-License-Identifier: GPL-3.0-or-later
"""The GeoPackage that holds labels and areas, as two ordinary layers of the project."""

from pathlib import Path

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsFeatureRequest,
    QgsFields,
    QgsFillSymbol,
    QgsGeometry,
    QgsProject,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsSymbolLayerUtils,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtGui import QColor

from ..compat import text_field
from ..model.hints import Labelled
from ..model.state import BACKGROUND
from ..translate import tr
from .groups import add_layer

LABELS, AREAS, FIELD = "labels", "areas", "class"
PROPERTY = "weft/role"


class LabelLayers:
    """Both layers of a file; made where they are absent, found again where they are there."""

    def __init__(self, path, labels, areas):
        self.path, self.labels, self.areas = Path(path), labels, areas

    def edit(self, layer, text, change):
        """Do `change` as one undoable step called `text`; OSError for a file that is read-only."""
        if not layer.isEditable() and not layer.startEditing():
            raise OSError(
                tr('{} is read-only; choose another file by "File…".').format(self.path.name)
            )
        layer.beginEditCommand(text)
        try:
            change()
        except BaseException:
            layer.destroyEditCommand()
            raise
        layer.endEditCommand()
        layer.triggerRepaint()

    def add(self, layer, geometry, name=None):
        """Add a polygon in the layer's CRS, as a label of class `name` or as an area.

        What has no area is left out.
        """
        geometry = as_polygons(geometry)
        if geometry.isEmpty():
            return
        feature = QgsFeature(layer.fields())
        feature.setGeometry(geometry)
        if name is not None:
            feature.setAttribute(FIELD, name)
        text = tr("Add area") if name is None else tr("Add {}").format(name)
        self.edit(layer, text, lambda: layer.addFeature(feature))

    def erase(self, shape):
        """Take `shape` away from all labels, and remove areas that it covers wholly."""
        touched = [
            feature
            for feature in self.labels.getFeatures(
                QgsFeatureRequest().setFilterRect(shape.boundingBox())
            )
            if as_polygons(feature.geometry()).intersects(shape)
        ]
        if touched:
            self.edit(self.labels, tr("Erase labels"), lambda: self._cut(touched, shape))
        covered = [
            feature.id()
            for feature in self.areas.getFeatures(
                QgsFeatureRequest().setFilterRect(shape.boundingBox())
            )
            if shape.contains(feature.geometry())
        ]
        if covered:
            self.edit(self.areas, tr("Erase areas"), lambda: self.areas.deleteFeatures(covered))

    def rename(self, before, now):
        """Give the labels of a class another name."""
        index = self.labels.fields().indexOf(FIELD)
        found = [each.id() for each in self._of_class(before)]

        def change():
            for feature in found:
                self.labels.changeAttributeValue(feature, index, now)

        if found:
            self.edit(self.labels, tr("Rename {}").format(before), change)

    def remove(self, name):
        """Delete the labels of a class."""
        found = [each.id() for each in self._of_class(name)]
        if found:
            self.edit(
                self.labels, tr("Delete {}").format(name), lambda: self.labels.deleteFeatures(found)
            )

    def count(self, state, images):
        """What is drawn so far."""
        counts = {}
        for feature in self.labels.getFeatures():
            name = feature.attribute(FIELD)
            counts[name] = counts.get(name, 0) + 1
        names = [each.name for each in state.classes]
        objects = {name: counts.get(name, 0) for name in names if name != BACKGROUND}
        unknown = sorted(name for name in counts if isinstance(name, str) and name not in names)
        areas, background = self.areas.featureCount(), counts.get(BACKGROUND, 0)
        return Labelled(objects, areas, images, background, tuple(filter(None, unknown)))

    def save(self):
        """Write what is drawn to the file and go on editing; a sentence when that fails."""
        for layer in (self.labels, self.areas):
            if layer.isEditable() and layer.isModified() and not layer.commitChanges(False):
                return "; ".join(layer.commitErrors()[-1:])
        return ""

    def style(self, state):
        """Labels in the colours of their classes, areas as dashed outlines."""
        categories = [
            QgsRendererCategory(each.name, label_symbol(each.colour), each.name)
            for each in state.classes
        ]
        self.labels.setRenderer(QgsCategorizedSymbolRenderer(FIELD, categories))
        self.labels.triggerRepaint()

    def _cut(self, features, shape):
        for feature in features:
            rest = as_polygons(as_polygons(feature.geometry()).difference(shape))
            if rest.isEmpty():
                self.labels.deleteFeature(feature.id())
            else:
                self.labels.changeGeometry(feature.id(), rest)

    def _of_class(self, name):
        return [each for each in self.labels.getFeatures() if each.attribute(FIELD) == name]


def as_polygons(geometry):
    """The parts of a geometry that have an area, as a valid multipolygon; empty without any."""
    valid = geometry.makeValid()
    valid.convertGeometryCollectionToSubclass(QgsWkbTypes.PolygonGeometry)
    if valid.type() != QgsWkbTypes.PolygonGeometry:
        return QgsGeometry()
    valid.convertToMultiType()
    return valid


def open_labels(path, crs):
    """The layers of the file at `path`, made in `crs` if it is absent; OSError when it cannot."""
    path = Path(path)
    if not path.exists():
        create(path, crs)
    labels, areas = (find_layer(path, name) or load_layer(path, name) for name in (LABELS, AREAS))
    areas.setRenderer(QgsSingleSymbolRenderer(area_symbol()))
    return LabelLayers(path, labels, areas)


def create(path, crs):
    """A GeoPackage with two empty layers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in (LABELS, AREAS):
        fields = QgsFields()
        if name == LABELS:
            fields.append(text_field(FIELD))
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName, options.fileEncoding = "GPKG", name, "UTF-8"
        if path.exists():
            options.actionOnExistingFile = QgsVectorFileWriter.CreateOrOverwriteLayer
        writer = QgsVectorFileWriter.create(
            str(path),
            fields,
            QgsWkbTypes.MultiPolygon,
            crs,
            QgsProject.instance().transformContext(),
            options,
        )
        problem = writer.errorMessage()
        del writer
        if problem:
            raise OSError(problem)


def find_layer(path, name):
    """The layer of the project that shows the layer `name` of the file, or None."""
    for layer in QgsProject.instance().mapLayers().values():
        if isinstance(layer, QgsVectorLayer) and layer.isValid():
            file, _, rest = layer.source().partition("|")
            if Path(file) == path and f"layername={name}" in rest:
                return layer
    return None


def load_layer(path, name):
    """The layer `name` of the file, added to the project."""
    titles = {LABELS: tr("Labels"), AREAS: tr("Labelled areas")}
    layer = QgsVectorLayer(f"{path}|layername={name}", titles[name], "ogr")
    if not layer.isValid():
        raise OSError(tr('it has no layer "{}"').format(name))
    layer.setCustomProperty(PROPERTY, name)
    add_layer(layer)
    return layer


def label_symbol(colour):
    """A translucent fill, so that the image shows through."""
    fill = QColor(colour)
    fill.setAlpha(70)
    return QgsFillSymbol.createSimple(
        {
            "color": QgsSymbolLayerUtils.encodeColor(fill),
            "outline_color": colour,
            "outline_width": "0.5",
        }
    )


def area_symbol():
    """A dashed outline without a fill, light under dark so that it shows on any image."""
    return QgsFillSymbol.createSimple(
        {"style": "no", "outline_color": "#ffd400", "outline_width": "0.7", "outline_style": "dash"}
    )
