# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Processing toolbox lists under WEFT."""

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..paths import RESOURCES
from .adapt import Adapt
from .detect import Detect
from .polygons import Polygons
from .predict import Predict


class WeftProvider(QgsProcessingProvider):
    """All algorithms. `command` and `jobs` are those of EngineClient: each run has its own."""

    def __init__(self, command, jobs):
        super().__init__()
        self.command, self.jobs = command, jobs

    def id(self):
        """See QgsProcessingProvider."""
        return "weft"

    def name(self):
        """See QgsProcessingProvider."""
        return "WEFT"

    def icon(self):
        """See QgsProcessingProvider."""
        return QIcon(str(RESOURCES / "icons" / "weft.svg"))

    def loadAlgorithms(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingProvider."""
        for each in (Adapt, Detect, Predict, Polygons):
            self.addAlgorithm(each())

    def supportedOutputVectorLayerExtensions(self):  # noqa: N802 - QGIS calls it so
        """What the engine writes, the default first."""
        return ["gpkg", "shp", "geojson", "fgb"]

    def supportsNonFileBasedOutput(self):  # noqa: N802 - QGIS calls it so
        """No: the engine knows files alone."""
        return False
