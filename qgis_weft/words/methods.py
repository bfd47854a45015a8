# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods to choose from, each with a sentence on what it costs and when to take it."""

from ..translate import tr


def adapters():
    """The sentence on each adapter that this plugin knows."""
    return {
        "weft": tr(
            "Wavelet experts guide the frozen network. A minute of training; take it unless "
            "something speaks against it."
        ),
        "weft-large": tr(
            "The published WEFT, for large transformers. Slow without a GPU; take it with weights "
            "of a ViT-L."
        ),
        "upetu": tr(
            "UPetu-style: quantised adapters and prompts. Small model files; take it to keep or "
            "send many models."
        ),
        "est": tr(
            "EST-style: a small network beside the frozen one. Little memory; take it on weak "
            "computers."
        ),
        "cwsam": tr(
            "CWSAM: adapters and a decoder for Segment Anything. Slow without a GPU; take it with "
            "SAM weights, for radar images too."
        ),
        "lora": tr(
            "LoRA: small corrections inside the frozen network. Two thirds of the memory of "
            "training all of it; take it with large transformers on a GPU."
        ),
        "linear": tr(
            "One layer on frozen features. Seconds, but coarse; take it for a first look."
        ),
        "full": tr(
            "The whole network learns. Most memory and the largest model files; take it when much "
            "is labelled."
        ),
    }


def words_on(adapter):
    """The sentence on an adapter; empty for one that this plugin does not know."""
    return adapters().get(adapter, "")


def schedules():
    """When the inside of the network learns, by each schedule."""
    return {
        "constant": tr("everything at all times"),
        "dbf": tr("the inside now and then (DBF)"),
    }


def words_on_schedule(schedule):
    """When the inside learns; the engine's own name where this plugin knows no more."""
    return schedules().get(schedule, schedule)


def tip_on_schedule(schedule):
    """What that costs and when to take it."""
    return {
        "constant": tr("The best of few labels; take it unless a step takes too long."),
        "dbf": tr(
            "Dynamic backbone freezing: what learns inside stands still in nine of ten epochs, "
            'which saves more than half of its time; take it with "full" and many labels.'
        ),
    }.get(schedule, "")
