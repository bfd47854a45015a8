# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the plugin's layers stand in the layer tree: in one group called WEFT, on top."""

from qgis.core import QgsProject

GROUP = "WEFT"


def group():
    """The group, made where it is absent."""
    root = QgsProject.instance().layerTreeRoot()
    return root.findGroup(GROUP) or root.insertGroup(0, GROUP)


def add_layer(layer, place=0):
    """Add a layer to project and group and return its node; 0 is the top, -1 the bottom."""
    QgsProject.instance().addMapLayer(layer, False)
    here = group()
    return here.insertLayer(place if place >= 0 else len(here.children()), layer)


def remove_layers(key, value):
    """Remove the layers whose custom property `key` is `value`."""
    project = QgsProject.instance()
    found = [i for i, layer in project.mapLayers().items() if layer.customProperty(key) == value]
    project.removeMapLayers(found)


def is_on(layer):
    """Whether a layer is ticked in the layer tree."""
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    return node is not None and node.itemVisibilityChecked()


def switch_off(layer):
    """Untick a layer; it stays in the tree."""
    node = QgsProject.instance().layerTreeRoot().findLayer(layer)
    if node is not None:
        node.setItemVisibilityChecked(False)
