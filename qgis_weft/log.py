# SPDX-License-Identifier: GPL-3.0-or-later
"""The log tab "WEFT" and the message bar: the two places where the plugin speaks."""

from qgis.core import Qgis, QgsMessageLog

TAG = "WEFT"


def log(message, level=Qgis.MessageLevel.Info):
    """A line for the log tab, without a notification."""
    QgsMessageLog.logMessage(message, TAG, level, notifyUser=False)
