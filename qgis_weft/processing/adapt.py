# SPDX-License-Identifier: GPL-3.0-or-later
"""Images and labels in, a model out."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
    QgsProcessingUtils,
)

from ..jobs import requests
from ..layers.labels import AREAS, FIELD, LABELS
from ..layers.snapshot import write_source
from ..model.state import BUDGETS, State
from ..translate import tr
from ..words.figures import model_words
from ..words.methods import adapters, schedules
from . import parameters as shared
from .algorithm import EngineAlgorithm, help_of

SOURCE, AREAS_SOURCE, CLASS_FIELD, SECONDS = "LABELS", "AREAS", "CLASS_FIELD", "SECONDS"
START, ADAPTER, SCHEDULE, BACKBONE = "START", "ADAPTER", "SCHEDULE", "BACKBONE"
GSD, BANDS, OUTPUT = "GSD", "BANDS", "OUTPUT"


class Adapt(EngineAlgorithm):
    """What the panel's Adapt does, on layers that are there already."""

    name_ = "adapt"
    images_ = shared.IMAGES

    def displayName(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return tr("Adapt a model to labels")

    def shortHelpString(self):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        return help_of(
            tr(
                "Learns from labelled objects what to find. Areas are polygons inside which every "
                "object is labelled; outside of them nothing is taken for known. Without areas, "
                'objects of a class named "background" say what is none.'
            ),
            tr(
                'Without a field, labels have the class in their field "class", or are all of one '
                "class where there is none. With three areas or more, the model is measured on one "
                "that is held out."
            ),
            tr("When it is cancelled, the best model so far is kept."),
        )

    def initAlgorithm(self, configuration=None):  # noqa: N802 - QGIS calls it so
        """See QgsProcessingAlgorithm."""
        seconds = shared.decimal(SECONDS, tr("Seconds to train"), BUDGETS["balanced"], 1.0)
        for each in (shared.images(), *labels(), seconds, *choices()):
            self.addParameter(each)
        self.addParameter(
            QgsProcessingParameterFileDestination(OUTPUT, tr("Model"), tr("WEFT models (*.weft)"))
        )

    def prepareAlgorithm(self, parameters, context, feedback):  # noqa: N802 - QGIS calls it so
        """Look for labels and areas as well."""
        self.sources = {
            name: self.parameterAsSource(parameters, name, context)
            for name in (SOURCE, AREAS_SOURCE)
        }
        return super().prepareAlgorithm(parameters, context, feedback)

    def work(self, ask, parameters, context, feedback):
        """Write what is labelled to a file for the engine, and train on it."""
        snapshot = QgsProcessingUtils.generateTempFilename("labels.gpkg")
        field = self.field(parameters, context)
        self.write(SOURCE, snapshot, LABELS, field, parameters, context)
        areas = self.write(AREAS_SOURCE, snapshot, AREAS, "", parameters, context)
        out = self.parameterAsFileOutput(parameters, OUTPUT, context)
        state = self.state(parameters, context)
        params = requests.train(state, self.files, snapshot, out, self.device)
        result = ask("train", requests.with_areas(params, snapshot) if areas else params)
        if result["cancelled"]:
            feedback.pushInfo(tr("Stopped early; the best model so far is kept."))
        feedback.pushInfo(model_words(result["out"], result["card"]))
        return {OUTPUT: result["out"]}

    def field(self, parameters, context):
        """The labels' field of the class."""
        field = self.parameterAsString(parameters, CLASS_FIELD, context)
        source = self.sources[SOURCE]
        names = source.fields().names() if source is not None else [field]
        if field and field not in names:
            words = tr("The labels have no field {}; choose one of {}.")
            raise QgsProcessingException(words.format(field, ", ".join(names)))
        return field or FIELD

    def write(self, name, path, layer, field, parameters, context):
        """The features of a source as a layer of the file for the engine; whether there is one."""
        source = self.sources[name]
        if source is None:
            if name == SOURCE or parameters.get(name):
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            return False
        try:
            write_source(source, path, layer, field, context.transformContext())
        except OSError as reason:
            words = tr("The labels cannot be copied to {}: {}; free some space and try again.")
            raise QgsProcessingException(words.format(path, reason)) from reason
        return True

    def state(self, parameters, context):
        """What is chosen."""
        bands = self.parameterAsString(parameters, BANDS, context)
        try:
            numbers = tuple(int(part) for part in bands.split(",") if part.strip())
        except ValueError as reason:
            words = tr("{} is no list of bands; give numbers from 1, such as 4, 3, 2.")
            raise QgsProcessingException(words.format(bands)) from reason
        return State(
            budget_s=self.parameterAsDouble(parameters, SECONDS, context),
            model=self.parameterAsFile(parameters, START, context),
            adapter=self.parameterAsEnumString(parameters, ADAPTER, context),
            schedule=self.parameterAsEnumString(parameters, SCHEDULE, context),
            backbone=self.parameterAsString(parameters, BACKBONE, context).strip(),
            backbone_weights=self.parameterAsFile(parameters, shared.WEIGHTS, context),
            gsd_m=self.number(parameters, GSD, context),
            bands=numbers,
        )


def labels():
    """What is labelled."""
    return (
        QgsProcessingParameterFeatureSource(
            SOURCE, tr("Labels"), [QgsProcessing.TypeVectorAnyGeometry]
        ),
        QgsProcessingParameterField(
            CLASS_FIELD, tr("Field of the class"), None, SOURCE, optional=True
        ),
        QgsProcessingParameterFeatureSource(
            AREAS_SOURCE,
            tr("Areas, labelled completely"),
            [QgsProcessing.TypeVectorPolygon],
            optional=True,
        ),
    )


def choices():
    """What the panel has under Advanced, by the same names."""
    return map(
        shared.advanced,
        (
            shared.model(START, optional=True),
            name_out_of(ADAPTER, tr("Adapter"), adapters()),
            name_out_of(SCHEDULE, tr("What learns"), schedules()),
            QgsProcessingParameterString(BACKBONE, tr("Backbone"), optional=True),
            shared.weights(),
            shared.decimal(GSD, tr("GSD in metres")),
            QgsProcessingParameterString(
                BANDS, tr("Bands, such as 4, 3, 2 (empty: automatic)"), optional=True
            ),
        ),
    )


def name_out_of(name, words, names):
    """One of the engine's own names, which scripts write as they are; empty leaves it to it."""
    return QgsProcessingParameterEnum(
        name, words, list(names), optional=True, usesStaticStrings=True
    )
