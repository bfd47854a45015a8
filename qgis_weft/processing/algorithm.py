# SPDX-License-Identifier: GPL-3.0-or-later
"""What all algorithms share: an engine of their own, and words as elsewhere in the plugin."""

from qgis.core import QgsGeometry, QgsProcessingAlgorithm, QgsProcessingException

from ..layers.images import crs_text, describe
from ..paths import GUIDE
from ..process.waiting import Refused, ask, own_engine
from ..settings import Setting
from ..translate import tr
from ..words.engine import in_words
from ..words.options import for_the_toolbox

EXTENT = "EXTENT"


class EngineAlgorithm(QgsProcessingAlgorithm):
    """One job, or several one after the other.

    A subclass has `name_`, the parameter `images_` of raster layers, whose `files` are known when
    it comes to `work(ask, parameters, context, feedback)`; `ask(method, params)` gives a result of
    the engine.
    """

    name_ = images_ = ""

    def name(self):
        """See QgsProcessingAlgorithm."""
        return self.name_

    def createInstance(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return type(self)()

    def icon(self):
        """The provider's."""
        return self.provider().icon()

    def helpUrl(self):  # noqa: N802 - QGIS calls it so
        """The guide."""
        return f"{GUIDE}#the-toolbox"

    def canExecute(self):  # noqa: N802 - QGIS calls it so
        """Whether there is an engine, and what to do where there is none."""
        try:
            self.provider().command()
        except LookupError as reason:
            return False, str(reason)
        return True, ""

    def prepareAlgorithm(self, parameters, context, feedback):  # noqa: N802 - QGIS calls it so
        """Look for layers where they live; in another thread it can crash a map being drawn."""
        self.files = self.read_images(parameters, context)
        self.part = self.extent(parameters, context)
        return True

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802 - QGIS calls it so
        """Do the work with an engine that ends with it."""
        provider, listener = self.provider(), Listener(feedback)
        try:
            with own_engine(provider.command, provider.jobs) as client:
                return self.work(
                    lambda method, params: ask(client, method, params, listener),
                    parameters,
                    context,
                    feedback,
                )
        except Refused as refused:
            if refused.failure.details:
                feedback.pushConsoleInfo(refused.failure.details)
            words = in_words(for_the_toolbox(refused.failure.message))
            raise QgsProcessingException(words) from refused

    def read_images(self, parameters, context):
        """The files of one or several raster layers; QgsProcessingException if one is of no use."""
        layers = self.parameterAsLayerList(parameters, self.images_, context)
        given = parameters.get(self.images_)
        wanted = len(given) if isinstance(given, (list, tuple)) else 1
        if len(layers) < max(1, wanted):
            raise QgsProcessingException(self.invalidRasterError(parameters, self.images_))
        found = [describe(layer) for layer in layers]
        for facts in found:
            if facts.problem:
                raise QgsProcessingException(f"{facts.name}: {facts.problem}")
        return tuple(facts.path for facts in found)

    def number(self, parameters, name, context):
        """A number; None where the field is empty."""
        if parameters.get(name) is None:
            return None
        return self.parameterAsDouble(parameters, name, context)

    def extent(self, parameters, context):
        """WKT and CRS of the part of the images that is wanted; None for all of them."""
        box = self.parameterAsExtent(parameters, EXTENT, context)
        if box.isNull():
            return None
        crs = self.parameterAsExtentCrs(parameters, EXTENT, context)
        return QgsGeometry.fromRect(box).asWkt(), crs_text(crs)

    @property
    def device(self):
        """auto, cpu or cuda, as the options say."""
        return Setting.DEVICE.get()


class Listener:
    """Tells progress and notes of the engine to the feedback of an algorithm."""

    def __init__(self, feedback):
        self._feedback, self._stage = feedback, None

    def progressed(self, progress):
        """How far the stage is."""
        if progress.text != self._stage:
            self._stage = progress.text
            self._feedback.setProgressText(in_words(progress.text))
        self._feedback.setProgress(100 * progress.share)

    def noted(self, note):
        """A remark on the way."""
        self._feedback.pushInfo(for_the_toolbox(note))

    def cancelled(self):
        """Whether the user wants no more."""
        return self._feedback.isCanceled()


def help_of(*paragraphs):
    """Help as QGIS shows it, in HTML."""
    return "".join(f"<p>{each}</p>" for each in paragraphs)


def folder_words():
    """What an output folder of predictions is for."""
    return tr(
        "A run that is stopped goes on from there when it is started again with the same folder."
    )
