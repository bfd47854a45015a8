# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine made, as layers in the group WEFT."""

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

from ..translate import tr
from .groups import add_layer, remove_layers, switch_off
from .styles import OTHER_COLOUR, style_polygons, style_probability

ROLE, PREVIEW, RESULT, PROBABILITY = "weft/role", "preview", "result", "probability"
BAND, CLASS, EDITED = "weft/band", "weft/class", "weft/edited"


def show_probabilities(paths, names, role, title):
    """A layer for each class of each probability raster, below the labels; returns the layers.

    `names` are the classes in the order of the rasters' bands.
    """
    remove_layers(ROLE, role)
    layers = []
    for path in paths:
        for band, name in enumerate(names, 1):
            layer = QgsRasterLayer(str(path), title.format(name))
            layer.setCustomProperty(ROLE, role)
            layer.setCustomProperty(BAND, band)
            layer.setCustomProperty(CLASS, name)
            # its legend has the raster's own numbers, which say nothing to anyone
            add_layer(layer, -1).setExpanded(False)
            layers.append(layer)
    return layers


def restyle(layers, state, opacity):
    """Thresholds and opacity as they are now."""
    colours = {each.name: each.colour for each in state.classes}
    for layer in layers:
        name, band = layer.customProperty(CLASS), int(layer.customProperty(BAND))
        colour = colours.get(name, OTHER_COLOUR)
        style_probability(layer, band, colour, state.outlines_of(name).threshold, opacity)


def show_polygons(path, classes):
    """The polygons of a result in the colours of their classes; returns the layer.

    The preview is switched off, because it would shine through. Earlier polygons go, unless the
    user has edited them.
    """
    for edited in (each for each in layers_of(RESULT) if is_edited(each)):
        edited.removeCustomProperty(ROLE)
        edited.setName(tr("{} (edited)").format(edited.name()))
    remove_layers(ROLE, RESULT)
    for preview in layers_of(PREVIEW):
        switch_off(preview)
    layer = QgsVectorLayer(str(path), tr("Polygons"), "ogr")
    layer.setCustomProperty(ROLE, RESULT)
    style_polygons(layer, classes)
    add_layer(layer, 0)
    return layer


def follow_edits(layers):
    """Remember of the polygons among layers of the project that edits of them were saved."""
    for layer in layers:
        if layer.customProperty(ROLE) == RESULT:
            layer.beforeCommitChanges.connect(
                lambda *stop, layer=layer: layer.setCustomProperty(EDITED, is_edited(layer))
            )


def is_edited(layer):
    """Whether polygons are not as they were drawn."""
    return layer.isModified() or bool(layer.customProperty(EDITED))


def layers_of(role):
    """The layers of the project that have a role."""
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if layer.customProperty(ROLE) == role]
