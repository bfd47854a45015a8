# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept with a project comes back as it was, whatever happened to the file."""

import pytest
from qgis_weft.model.hints import Labelled, advice, blocking
from qgis_weft.model.state import (
    LabelClass,
    Outlines,
    State,
    add_class,
    from_text,
    include_classes,
    remove_class,
    rename_class,
    to_text,
)

RICH = State(
    images=("a", "b"),
    classes=(LabelClass("ship", "#112233"), LabelClass("quay", "#445566")),
    current=1,
    bands=(3, 2, 1),
    outlines={"ship": Outlines(0.7, 0.8, 3.0, 1.0)},
    gsd_m=0.25,
)


def test_a_state_comes_back_as_it_was():
    assert from_text(to_text(RICH)) == RICH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"classes": [{"name": "x", "colour": "red"}]}',
        '{"current": 99}',
        '{"mode": "x"}',
        '{"outlines": {"a": {"evil": 1}}}',
        '{"unknown": 1}',
        '{"bands": ["x"]}',
    ],
)
def test_what_is_damaged_falls_back_to_the_default(text):
    assert from_text(text) == State()


def test_names_of_classes_are_unique_and_not_empty():
    for name in (" ", "ship", " quay "):
        with pytest.raises(ValueError, match=r"empty|taken"):
            add_class(RICH, name)


def test_renaming_keeps_the_limits_of_the_class():
    assert rename_class(RICH, 0, "boat").outlines == {"boat": Outlines(0.7, 0.8, 3.0, 1.0)}


def test_removing_the_last_class_leaves_a_valid_choice():
    assert remove_class(RICH, 1).current == 0
    assert remove_class(remove_class(RICH, 1), 0).current == 0


def test_hints_go_from_what_blocks_to_what_would_help():
    assert "image" in blocking(Labelled())
    assert "class" in blocking(Labelled(images=1))
    assert "Draw" in blocking(Labelled({"ship": 0}, images=1))
    assert "background" in blocking(Labelled({"ship": 3}, images=1))
    assert blocking(Labelled({"ship": 3}, areas=1, images=1)) == ""
    assert blocking(Labelled({"ship": 3, "quay": 1}, images=1)) == ""
    assert "2 more" in advice(Labelled({"ship": 3}, areas=1, images=1))
    assert "One more" in advice(Labelled({"ship": 3}, areas=2, images=1))
    assert advice(Labelled({"ship": 9}, areas=5, images=1)) == ""


def test_a_loaded_model_brings_the_classes_that_are_missing():
    model = (LabelClass("ship", "#000000"), LabelClass("crane", "#ffffff"))
    classes = include_classes(RICH, model).classes
    assert [each.name for each in classes] == ["ship", "quay", "crane"]
    assert classes[0] == RICH.classes[0]
