# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and images in, polygons out: what the panel's Run does."""

from qgis.core import QgsProcessingParameterFolderDestination

from ..translate import tr
from . import parameters as shared
from .algorithm import EngineAlgorithm, folder_words, help_of
from .polygons import destination, draw
from .predict import FOLDER, prediction


class Detect(EngineAlgorithm):
    """Predicts, then draws; the rasters stay."""

    name_ = "detect"
    images_ = shared.IMAGES

    def displayName(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return tr("Find objects in images")

    def shortHelpString(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return help_of(
            tr(
                "Applies a model to images and draws polygons around what it finds, with class, "
                "confidence, area and perimeter, in the CRS of the first image. The rasters of "
                "classes and probabilities stay in a folder."
            ),
            folder_words(),
        )

    def initAlgorithm(self, configuration=None):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        for each in (shared.model(), shared.images(), *shared.prediction()):
            self.addParameter(each)
        for each in shared.outlines():
            self.addParameter(each)
        self.addParameter(shared.weights())
        self.addParameter(
            QgsProcessingParameterFolderDestination(FOLDER, tr("Folder for the rasters"))
        )
        self.addParameter(destination())

    def work(self, ask, parameters, context, feedback):
        """Predict, then draw."""
        folder = self.parameterAsString(parameters, FOLDER, context)
        result = ask("predict", prediction(self, parameters, context, folder))
        rasters = tuple(image["classes"] for image in result["images"])
        return {FOLDER: folder, **draw(self, ask, rasters, parameters, context, feedback)}
