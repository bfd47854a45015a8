# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the plugin is translated, and nothing else is."""

import ast
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from qgis.core import QgsSettings
from qgis_weft.words.engine import device_in_words
from qgis_weft.words.options import for_the_panel

ROOT = Path(__file__).resolve().parents[2]


def nodes(folder, pattern="*.py"):
    """All that the sources below `folder` say, as syntax."""
    for path in (ROOT / folder).rglob(pattern):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def texts(pattern="*.py"):
    """What the plugin's sources give to tr()."""
    found = set()
    for node in nodes("qgis_weft", pattern):
        called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr"
        if called and isinstance(node.args[0], ast.Constant):
            found.add(node.args[0].value)
    return found


def translations(language):
    tree = ElementTree.parse(ROOT / "i18n" / f"weft_{language}.ts")
    return {m.findtext("source"): m.findtext("translation") for m in tree.iter("message")}


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_translations_are_fresh_and_complete(language):
    known = translations(language)
    assert known.keys() == texts()
    assert [source for source, words in known.items() if not words] == []


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_places_for_values_survive(language):
    for source, words in translations(language).items():
        assert sorted(re.findall(r"{[^}]*}", source)) == sorted(re.findall(r"{[^}]*}", words)), (
            source
        )


@pytest.mark.skipif(shutil.which("lrelease") is None, reason="nothing compiles translations here")
@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_panel_speaks_as_qgis_does(load, tmp_path, monkeypatch, language):
    source, compiled = (f"weft_{language}.{kind}" for kind in ("ts", "qm"))
    lrelease = ["lrelease", "-silent", ROOT / "i18n" / source, "-qm", tmp_path / compiled]
    subprocess.run(lrelease, check=True)
    monkeypatch.setattr("qgis_weft.plugin.TRANSLATIONS", tmp_path)
    QgsSettings().setValue("locale/userLocale", language)
    assert load().dock.adapt.adapt.text() == translations(language)["Adapt"] != "Adapt"


def test_the_engine_says_what_is_translated_of_its_words():
    said = {n.value for n in nodes("backend/weft") if isinstance(n, ast.Constant)}
    said = [value for value in said if isinstance(value, str)]
    unheard = {
        words
        for words in texts("words/engine.py")
        if not any(value.startswith(words.partition("{")[0]) for value in said)
    }
    assert not unheard


@pytest.mark.parametrize("library", ["torch on ", "torch in bfloat16 on ", "onnxruntime on ", ""])
def test_who_maps_is_not_told_which_library_computes(library):
    assert device_in_words(f"{library}CPU, 2 threads") == "CPU, 2 threads"


def test_one_thread_is_not_called_several():
    assert device_in_words("CPU, 1 thread") == "CPU, 1 thread"


def test_how_often_tiles_are_seen_is_told():
    said = "torch in bfloat16 on CPU, 2 threads, each tile 4 ways"
    assert device_in_words(said) == "CPU, 2 threads, each tile 4 ways"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("choose others with --bands.", 'choose others with "Advanced > Bands".'),
        ("give it with --backbone-weights FILE.", 'give it with "Advanced > Its weights".'),
        ("choose --device cpu.", 'choose "Settings > Options > WEFT > Compute on: CPU".'),
        ("choose a smaller --tile.", "choose a smaller --tile."),
    ],
)
def test_options_of_the_command_line_are_called_as_they_are_in_qgis(said, read):
    assert for_the_panel(said) == read


def test_the_options_that_have_another_name_in_qgis_are_those_of_the_command_line():
    given = {n.value for n in nodes("backend/weft/cli") if isinstance(n, ast.Constant)}
    named = {n.value for n in nodes("qgis_weft", "words/options.py") if isinstance(n, ast.Constant)}
    named = {each.split()[0] for each in named if str(each).startswith("--") and "|" not in each}
    assert named and named <= given


@pytest.mark.parametrize(("language", "word"), [("de", "eschrift"), ("fr", "tiquet")])
def test_labels_are_not_called_what_qgis_calls_texts_on_the_map(language, word):
    assert [words for words in translations(language).values() if word in words] == []


def test_french_marks_stay_on_the_line_of_their_word():
    torn = re.compile(r" [;:?!»]|« ")
    assert [words for words in translations("fr").values() if torn.search(words)] == []
