# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT: label, adapt, look, correct, run and export without leaving the map."""


def classFactory(iface):  # noqa: N802 - QGIS calls it so
    """The plugin, as QGIS asks for it."""
    from .plugin import WeftPlugin

    return WeftPlugin(iface)
