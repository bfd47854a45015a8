# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the panel knows, as plain values that can be saved with a project."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Optional

COLOURS = ("#e41a1c", "#377eb8", "#4daf4a", "#984ea3", "#ff7f00", "#a65628", "#f781bf", "#999999")
BUDGETS = {"fast": 20.0, "balanced": 60.0, "best": 300.0}
BACKGROUND = "background"


@dataclass(frozen=True)
class LabelClass:
    """A class that is drawn and found; the colour is `#rrggbb`."""

    name: str
    colour: str


@dataclass(frozen=True)
class Outlines:
    """How polygons of a class are drawn around probabilities; None is the engine's own choice."""

    threshold: float = 0.5
    min_confidence: Optional[float] = None
    min_area_m2: Optional[float] = None
    min_hole_m2: float = 0.0
    split: bool = True
    shape: str = "outline"


@dataclass(frozen=True)
class State:
    """One analyst's work on one project. Empty texts and None stand for "not chosen"."""

    images: tuple = ()
    labels: str = ""
    classes: tuple = (LabelClass("building", COLOURS[0]),)
    current: int = 0
    mode: str = "balanced"
    backbone: str = ""
    backbone_weights: str = ""
    adapter: str = ""
    schedule: str = ""
    budget_s: Optional[float] = None
    gsd_m: Optional[float] = None
    bands: tuple = ()
    afresh: bool = False
    model: str = ""
    tta: Optional[int] = None
    rasters: tuple = ()
    simplify_m: Optional[float] = None
    outlines: dict = field(default_factory=dict)

    @property
    def seconds(self):
        """How long to train."""
        return self.budget_s or BUDGETS[self.mode]

    def outlines_of(self, name):
        """How polygons of a class are drawn."""
        return self.outlines.get(name, Outlines())


def next_colour(classes):
    """A colour that no class has yet, while there are some."""
    used = {each.colour for each in classes}
    return next((colour for colour in COLOURS if colour not in used), COLOURS[len(classes) % 8])


def add_class(state, name):
    """The state with one more class, which becomes the current one; ValueError if it cannot."""
    name = check_name(state, name)
    classes = (*state.classes, LabelClass(name, next_colour(state.classes)))
    return replace(state, classes=classes, current=len(classes) - 1)


def check_name(state, name):
    """The name, trimmed; ValueError for an empty one or one that is there already."""
    name = name.strip()
    if not name:
        raise ValueError("empty")
    if name in {each.name for each in state.classes}:
        raise ValueError("taken")
    return name


def rename_class(state, index, name):
    """The state with another name for a class."""
    if state.classes[index].name == name.strip():
        return state
    before, name = state.classes[index].name, check_name(state, name)
    outlines = {name if key == before else key: value for key, value in state.outlines.items()}
    return replace(_changed(state, index, name=name), outlines=outlines)


def recolour_class(state, index, colour):
    """The state with another colour for a class."""
    return _changed(state, index, colour=colour)


def remove_class(state, index):
    """The state without a class; its labels are the caller's business."""
    classes = tuple(each for i, each in enumerate(state.classes) if i != index)
    return replace(state, classes=classes, current=max(0, min(state.current, len(classes) - 1)))


def include_classes(state, classes):
    """The state with those classes, each a LabelClass, that it does not have yet."""
    known = {each.name for each in state.classes}
    return replace(
        state, classes=(*state.classes, *(each for each in classes if each.name not in known))
    )


def include_names(state, names):
    """The state with classes of those names, too."""
    for name in names:
        state = include_classes(state, [LabelClass(name, next_colour(state.classes))])
    return state


def limit_class(state, name, **values):
    """The state with other limits for the polygons of a class."""
    return replace(
        state, outlines={**state.outlines, name: replace(state.outlines_of(name), **values)}
    )


def _changed(state, index, **values):
    classes = list(state.classes)
    classes[index] = replace(classes[index], **values)
    return replace(state, classes=tuple(classes))


def with_paths(state, change):
    """The state with `change` made to the paths of what lies beside the project."""
    return replace(
        state,
        labels=change(state.labels),
        model=change(state.model),
        rasters=tuple(map(change, state.rasters)),
    )


def to_text(state):
    """The state as JSON, for the project file."""
    return json.dumps(asdict(state))


def from_text(text):
    """The state in a project file; whatever is damaged or unknown falls back to its default."""
    try:
        raw = json.loads(text)
    except ValueError:
        return State()
    if not isinstance(raw, dict):
        return State()
    values = {}
    for each in fields(State):
        if each.name in raw:
            value = _read(each.name, raw[each.name])
            if value is not None:
                values[each.name] = value
    state = State(**values)
    return replace(state, current=max(0, min(state.current, len(state.classes) - 1)))


def _read(name, value):
    """A value of the right type, or None."""
    try:
        if name == "classes":
            return tuple(LabelClass(str(each["name"]), _colour(each["colour"])) for each in value)
        if name == "outlines":
            return {str(key): Outlines(**each) for key, each in value.items()}
        if name in ("images", "rasters"):
            return tuple(str(each) for each in value)
        if name == "bands":
            return tuple(int(each) for each in value)
        if name in ("budget_s", "gsd_m", "simplify_m"):
            return None if value is None else float(value)
        if name == "tta":
            return value if value in (1, 4) else None
        if name == "mode":
            return value if value in BUDGETS else None
        return type(getattr(State(), name))(value)
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _colour(text):
    if len(text) != 7 or text[0] != "#":
        raise ValueError(text)
    int(text[1:], 16)
    return text
