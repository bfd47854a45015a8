# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a model is, in words."""

from pathlib import Path

from ..quantities import number
from ..translate import tr


def model_words(path, card):
    """A model's name and its figures on the held-out area; one line each."""
    figures = card["training"]["held_out_iou"]
    if figures is None:
        words = tr("not measured")
    else:
        each = zip((one["name"] for one in card["classes"]), figures)
        words = ", ".join(f"{name} {'–' if iou is None else number(iou, 2)}" for name, iou in each)
        words = tr("held-out IoU {}").format(words)
    counted = [
        tr("{}: {} of {} found, {} false (F1 {} to {})").format(
            one["name"],
            objects["hits"],
            objects["true"],
            objects["found"] - objects["hits"],
            number(objects["f1_low"], 2),
            number(objects["f1_high"], 2),
        )
        for one, objects in zip(card["classes"], card["training"].get("held_out_objects") or ())
    ]
    return "\n".join([f"{Path(path).stem}: {words}", *counted])


def measured_words(result):
    """What cross-validation found; one line a class."""
    heading = tr("On {} of {} areas, each by a model that had not seen it:").format(
        result["measured"], result["areas"]
    )
    below = tr("Where models and labels differ most; a click leads there:")
    return "\n".join([heading, *map(class_words, result["classes"]), below])


def class_words(one):
    """Figures of one class with their limits, or that there are too few areas."""
    if one["iou"] is None:
        return tr("{}: too few areas to say").format(one["name"])
    limits = [part for figure in (one["iou"], one["f1"]) for part in figure_of(figure)]
    return tr("{}: IoU {} ({} to {}), F1 {} ({} to {})").format(one["name"], *limits)


def area_words(one):
    """Figures of one area, all classes together."""
    if one["iou"] is None:
        return tr("nothing here, and nothing found")
    return tr("IoU {}: {} of {} found, {} false").format(
        number(one["iou"], 2),
        one["hits"],
        one["objects_true"],
        one["objects_found"] - one["hits"],
    )


def figure_of(estimate):
    """A figure and its limits."""
    return tuple(number(estimate[key], 2) for key in ("value", "low", "high"))
