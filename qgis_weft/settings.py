# SPDX-License-Identifier: GPL-3.0-or-later
"""Every setting of the plugin, once, with its type and default; kept in the user's profile."""

from enum import Enum

from qgis.core import QgsSettings

PREFIX = "weft/"


class Setting(Enum):
    """A key with its default; the default's type is the setting's."""

    ENGINE_PYTHON = ("engine/python", "")
    ENGINE_FOLDER = ("engine/folder", "")
    DEVICE = ("engine/device", "auto")
    BRUSH_WIDTH = ("labels/brush_width", 12)
    OPACITY = ("preview/opacity", 60)
    AUTO_PREVIEW = ("preview/automatic", True)

    @property
    def key(self):
        """The key in the profile's settings."""
        return PREFIX + self.value[0]

    @property
    def default(self):
        """The value where the user has set none."""
        return self.value[1]

    def get(self):
        """The present value, of the default's type."""
        return QgsSettings().value(self.key, self.default, type=type(self.default))

    def set(self, value):
        """Keep a value."""
        QgsSettings().setValue(self.key, type(self.default)(value))

    def reset(self):
        """Back to the default."""
        QgsSettings().remove(self.key)
