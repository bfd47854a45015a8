# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and an image in, rasters of classes and probabilities out."""

from qgis.core import (
    QgsProcessingOutputRasterLayer,
    QgsProcessingParameterRasterLayer,
)

from ..jobs import requests
from ..model.state import State
from ..translate import tr
from . import parameters as shared
from .algorithm import EngineAlgorithm, folder_words, help_of

IMAGE, CLASSES, PROBABILITY = "IMAGE", "CLASSES", "PROBABILITY"


class Predict(EngineAlgorithm):
    """One image, so that a model can use its rasters; a batch takes several."""

    name_ = "predict"
    images_ = IMAGE

    def displayName(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return tr("Predict an image")

    def shortHelpString(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return help_of(
            tr(
                "Applies a model to an image. NAME_class.tif has the class of each pixel, "
                "NAME_prob.tif the probability of each class, on the image's own grid."
            ),
            folder_words(),
        )

    def initAlgorithm(self, configuration=None):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        self.addParameter(shared.model())
        self.addParameter(QgsProcessingParameterRasterLayer(IMAGE, tr("Image")))
        for each in (*shared.prediction(), shared.weights()):
            self.addParameter(each)
        self.addParameter(shared.folder())
        self.addOutput(QgsProcessingOutputRasterLayer(CLASSES, tr("Classes")))
        self.addOutput(QgsProcessingOutputRasterLayer(PROBABILITY, tr("Probabilities")))

    def work(self, ask, parameters, context, feedback):
        """Predict."""
        folder = self.parameterAsString(parameters, shared.FOLDER, context)
        asked = prediction(self, parameters, context, folder)
        (image,) = ask("predict", asked)["images"]
        rasters = {CLASSES: image["classes"], PROBABILITY: image["probability"]}
        return {shared.FOLDER: folder, **rasters}


def prediction(algorithm, parameters, context, folder):
    """The request for what `prepareAlgorithm` has found."""
    state = State(
        model=algorithm.parameterAsFile(parameters, shared.MODEL, context),
        backbone_weights=algorithm.parameterAsFile(parameters, shared.WEIGHTS, context),
        tta=shared.chosen_care(algorithm, parameters, context),
    )
    return requests.predict(state, algorithm.files, folder, algorithm.device, algorithm.part)
