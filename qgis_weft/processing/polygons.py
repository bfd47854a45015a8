# SPDX-License-Identifier: GPL-3.0-or-later
"""Predicted rasters in, polygons out."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterVectorDestination,
)

from ..jobs import requests
from ..translate import tr
from . import parameters as shared
from .algorithm import EngineAlgorithm, help_of

PREDICTED, OUTPUT = "RASTERS", "OUTPUT"


class Polygons(EngineAlgorithm):
    """Draws again what is predicted already, with other limits."""

    name_ = "polygons"
    images_ = PREDICTED

    def displayName(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return tr("Polygons from predicted rasters")

    def shortHelpString(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return help_of(
            tr(
                "Draws polygons around what a prediction found, with class, confidence, area and "
                "perimeter. It takes the rasters of either kind that Predict has written, and "
                "finds the other kind beside them."
            )
        )

    def initAlgorithm(self, configuration=None):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        words, kind = tr("Predicted rasters"), QgsProcessing.TypeRaster
        self.addParameter(QgsProcessingParameterMultipleLayers(PREDICTED, words, kind))
        for each in shared.outlines():
            self.addParameter(each)
        self.addParameter(destination())

    def work(self, ask, parameters, context, feedback):
        """Draw."""
        return draw(self, ask, self.files, parameters, context, feedback)


def destination():
    """Where polygons go."""
    kind = QgsProcessing.TypeVectorPolygon
    return QgsProcessingParameterVectorDestination(OUTPUT, tr("Polygons"), kind)


def draw(algorithm, ask, rasters, parameters, context, feedback):
    """Polygons of the rasters, written to the destination; tells how many of each class."""
    out = algorithm.parameterAsOutputLayer(parameters, OUTPUT, context)
    limits, simplify_m = shared.chosen_outlines(algorithm, parameters, context)
    result = ask("vectorise", requests.vectorise_alike(limits, simplify_m, rasters, out))
    for name, count in result["counts"].items():
        feedback.pushInfo(f"{name}: {count}")
    return {OUTPUT: result["out"]}
