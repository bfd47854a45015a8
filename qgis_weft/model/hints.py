# SPDX-License-Identifier: GPL-3.0-or-later
"""What is still missing before it is worth pressing Adapt; nothing of QGIS here."""

from dataclasses import dataclass, field

from ..translate import tr

GOOD_AREAS = 3
FEW_OBJECTS = 5


@dataclass(frozen=True)
class Labelled:
    """What is drawn so far: objects a class, and areas; `unknown` are classes of labels alone."""

    objects: dict = field(default_factory=dict)
    areas: int = 0
    images: int = 0
    background: int = 0
    unknown: tuple = ()


def blocking(labelled):
    """The one thing without which Adapt cannot work, as a sentence; empty when there is none."""
    if not labelled.images:
        return tr("Choose an image first.")
    if not labelled.objects:
        return tr("Add a class first.")
    if not any(labelled.objects.values()):
        return tr("Draw some objects with the tools above.")
    if not labelled.areas and not labelled.background and len(_found(labelled)) < 2:
        return tr("No background yet: draw an area rectangle around objects that are all labelled.")
    return ""


def advice(labelled):
    """What would make it better, the most useful first; empty when nothing comes to mind."""
    empty = [name for name, count in labelled.objects.items() if not count]
    if empty:
        return tr("Nothing is labelled as {} yet.").format(empty[0])
    if labelled.areas < GOOD_AREAS:
        missing = GOOD_AREAS - labelled.areas
        if missing == 1:
            return tr("One more area, and the result can be measured.")
        return tr("{} more areas, and the result can be measured.").format(missing)
    few = [name for name, count in labelled.objects.items() if count < FEW_OBJECTS]
    if few:
        return tr("A few more objects of {} would help.").format(few[0])
    return ""


def _found(labelled):
    return [name for name, count in labelled.objects.items() if count]
