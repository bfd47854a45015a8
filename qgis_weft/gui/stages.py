# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's stages in the user's language; one that is not known stays as the engine says it."""

from ..translate import tr


def in_words(stage):
    """What to show for a stage: "Predicting a.tif" keeps its file name."""
    known = {
        "Reading the labelled areas": tr("Reading the labelled areas"),
        "Looking at what is labelled": tr("Looking at what is labelled"),
        "Looking for what to label": tr("Looking for what to label"),
        "Training": tr("Training"),
        "Predicting": tr("Predicting"),
        "Outlines of": tr("Outlines of"),
        "Writing": tr("Writing"),
        "Exporting to ONNX": tr("Exporting to ONNX"),
        "Comparing with torch": tr("Comparing with torch"),
    }
    for beginning, words in known.items():
        if stage.startswith(beginning):
            return words + stage.removeprefix(beginning)
    return stage
