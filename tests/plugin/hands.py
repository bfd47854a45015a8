# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user does and reads, for tests of the panels."""

from qgis.core import QgsGeometry, QgsRectangle
from qgis.PyQt.QtCore import Qt


def tick(plugin):
    """Choose the first image."""
    plugin.dock.images.list.item(0).setCheckState(Qt.CheckState.Checked)


def draw_enough(plugin):
    """One roof in one area."""
    labels = plugin.wiring.labels()
    name = plugin.session.state.classes[0].name
    labels.add(
        labels.labels, QgsGeometry.fromRect(QgsRectangle(500004, 3999990, 500008, 3999995)), name
    )
    labels.add(labels.areas, QgsGeometry.fromRect(QgsRectangle(500000, 3999980, 500020, 4000000)))
    plugin.wiring.show_labelled()


def listen(plugin, monkeypatch):
    """The messages that the user is told from now on."""
    told = []
    monkeypatch.setattr(plugin.wiring, "tell", lambda message, *rest: told.append(message))
    return told


def texts_of(places):
    """The rows of a list."""
    return [places.item(row).text() for row in range(places.count())]
