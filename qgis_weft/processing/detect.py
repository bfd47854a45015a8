# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and images in, polygons out: what the panel's Run does."""

from ..translate import tr
from . import parameters as shared
from .algorithm import EngineAlgorithm, folder_words, help_of
from .polygons import destination, draw
from .predict import prediction


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
        for each in (shared.model(), shared.images(), *shared.prediction(), *shared.outlines()):
            self.addParameter(each)
        for each in (shared.weights(), shared.folder(), destination()):
            self.addParameter(each)

    def work(self, ask, parameters, context, feedback):
        """Predict, then draw."""
        folder = self.parameterAsString(parameters, shared.FOLDER, context)
        result = ask("predict", prediction(self, parameters, context, folder))
        rasters = tuple(image["classes"] for image in result["images"])
        drawn = draw(self, ask, rasters, parameters, context, feedback)
        return {shared.FOLDER: folder, **drawn}
