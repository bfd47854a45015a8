# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's words in the user's language; what is not known stays as the engine says it."""

import re

from ..translate import tr

LIBRARY = re.compile(r"^(torch|onnxruntime)( in \w+)? on ")
CPU = re.compile(r"CPU, (\d+) threads?")
WAYS = re.compile(r", each tile (\d+) ways$")


def in_words(said):
    """A stage of a job, its end, or why there is no GPU: "Predicting a.tif" keeps its file name."""
    known = {
        "Starting": tr("Starting"),
        "Reading the labelled areas": tr("Reading the labelled areas"),
        "Looking at what is labelled": tr("Looking at what is labelled"),
        "Looking for what to label": tr("Looking for what to label"),
        "Training": tr("Training"),
        "Cross-validating": tr("Cross-validating"),
        "Predicting": tr("Predicting"),
        "Outlines of": tr("Outlines of"),
        "Writing": tr("Writing"),
        "Exporting to ONNX": tr("Exporting to ONNX"),
        "Comparing with torch": tr("Comparing with torch"),
        "Cancelled before it began.": tr("Cancelled before it began."),
        "Cancelled; what was finished before is kept.": tr(
            "Cancelled; what was finished before is kept."
        ),
        "asked for": tr("asked for"),
        "this build of torch has no CUDA": tr("this build of torch has no CUDA"),
        "no NVIDIA GPU with a working driver was found": tr(
            "no NVIDIA GPU with a working driver was found"
        ),
        "a test kernel failed": tr("a test kernel failed"),
        "a test kernel gave a wrong result": tr("a test kernel gave a wrong result"),
    }
    for beginning, words in known.items():
        if said.startswith(beginning):
            return words + said.removeprefix(beginning)
    return said


def device_in_words(said):
    """What computes, without the library that does so; a GPU keeps its maker's name."""
    name = LIBRARY.sub("", said)
    name = CPU.sub(lambda found: _threads(found[1]), name)
    return WAYS.sub(lambda found: tr(", each tile {} ways").format(found[1]), name)


def _threads(count):
    return tr("CPU, 1 thread") if count == "1" else tr("CPU, {} threads").format(count)
