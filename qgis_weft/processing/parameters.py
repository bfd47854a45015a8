# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters that several algorithms have, by the same names and in the same words."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)

from ..model.state import Outlines
from ..translate import tr
from .algorithm import EXTENT

IMAGES, MODEL, WEIGHTS, CARE = "IMAGES", "MODEL", "WEIGHTS", "CARE"
FOLDER = "FOLDER"
THRESHOLD, LEAST_CONFIDENCE = "THRESHOLD", "LEAST_CONFIDENCE"
LEAST_AREA, LEAST_HOLE = "LEAST_AREA", "LEAST_HOLE"
SIMPLIFY, SPLIT, SHAPE = "SIMPLIFY", "SPLIT", "SHAPE"
WAYS = (None, 1, 4)  # how often each tile is seen, in the order of the choices
SHAPES = ("outline", "right-angles", "box")


def advanced(parameter):
    """The parameter, shown on request."""
    flag = QgsProcessingParameterDefinition.FlagAdvanced
    parameter.setFlags(parameter.flags() | flag)
    return parameter


def decimal(name, words, default=None, least=0.0, most=None):
    """A number that may be left empty unless it has a default."""
    limits = {} if most is None else {"maxValue": most}
    kind = QgsProcessingParameterNumber.Double
    return QgsProcessingParameterNumber(
        name, words, kind, default, optional=default is None, minValue=least, **limits
    )


def images():
    """Several raster layers."""
    return QgsProcessingParameterMultipleLayers(IMAGES, tr("Images"), QgsProcessing.TypeRaster)


def model(name=MODEL, optional=False):
    """A model file."""
    words = tr("Go on from this model") if optional else tr("Model")
    return QgsProcessingParameterFile(
        name, words, optional=optional, fileFilter=tr("WEFT models (*.weft)")
    )


def weights():
    """The file of a backbone that does not ship."""
    return advanced(
        QgsProcessingParameterFile(WEIGHTS, tr("Weights of the backbone"), optional=True)
    )


def folder():
    """Where rasters are predicted, and a run that was stopped goes on."""
    return QgsProcessingParameterFolderDestination(FOLDER, tr("Folder for the rasters"))


def prediction():
    """What part of the images to predict, and how carefully."""
    care = [
        tr("Careful where images are small"),
        tr("Quick"),
        tr("Careful, four times as long"),
    ]
    return (
        QgsProcessingParameterExtent(EXTENT, tr("Part of the images (empty: all)"), optional=True),
        QgsProcessingParameterEnum(CARE, tr("How carefully"), care, defaultValue=0),
    )


def outlines():
    """How polygons are drawn, the same for all classes."""
    shapes = [tr("As found"), tr("Right angles, for buildings"), tr("Boxes, for ships")]
    return (
        decimal(THRESHOLD, tr("Threshold"), 0.5, 0.01, 1.0),
        decimal(LEAST_CONFIDENCE, tr("Least confidence (empty: automatic)"), most=1.0),
        QgsProcessingParameterEnum(SHAPE, tr("Shape"), shapes, defaultValue=0),
        QgsProcessingParameterBoolean(SPLIT, tr("Split objects that touch"), True),
        decimal(LEAST_AREA, tr("Least area in m² (empty: automatic)")),
        decimal(LEAST_HOLE, tr("Least hole in m²"), 0.0),
        decimal(SIMPLIFY, tr("Simplify in metres (empty: one pixel)")),
    )


def chosen_care(algorithm, parameters, context):
    """How often each tile is seen; None leaves it to the engine."""
    return WAYS[algorithm.parameterAsEnum(parameters, CARE, context)]


def chosen_outlines(algorithm, parameters, context):
    """Limits of all classes, and metres to simplify by, None for a pixel."""
    limits = Outlines(
        threshold=algorithm.parameterAsDouble(parameters, THRESHOLD, context),
        min_confidence=algorithm.number(parameters, LEAST_CONFIDENCE, context),
        min_area_m2=algorithm.number(parameters, LEAST_AREA, context),
        min_hole_m2=algorithm.parameterAsDouble(parameters, LEAST_HOLE, context),
        split=algorithm.parameterAsBoolean(parameters, SPLIT, context),
        shape=SHAPES[algorithm.parameterAsEnum(parameters, SHAPE, context)],
    )
    return limits, algorithm.number(parameters, SIMPLIFY, context)
