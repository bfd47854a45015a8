# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods to choose from, each with a sentence on what it costs and when to take it."""

from ..translate import tr


def words_on(adapter):
    """The sentence on an adapter; empty for one that this plugin does not know."""
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
            "Quantised adapters and prompts. Small model files; take it to keep or send "
            "many models."
        ),
        "est": tr(
            "A small network beside the frozen one. Little memory; take it on weak computers."
        ),
        "cwsam": tr(
            "Adapters and a decoder for Segment Anything. Slow without a GPU; take it with SAM "
            "weights, for radar images too."
        ),
        "lora": tr(
            "Small corrections inside the frozen network. Memory like training all of it; take it "
            "with large transformers on a GPU."
        ),
        "linear": tr(
            "One layer on frozen features. Seconds, but coarse; take it for a first look."
        ),
        "full": tr(
            "The whole network learns. Most memory and the largest model files; take it when much "
            "is labelled."
        ),
    }.get(adapter, "")


def words_on_schedule(schedule):
    """The sentence on when the inside of the network learns."""
    return {
        "constant": tr("everything at all times"),
        "dbf": tr("the inside now and then"),
    }.get(schedule, schedule)
