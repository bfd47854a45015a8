# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the plugin is translated, and nothing else is."""

import ast
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def texts():
    """What the sources give to tr()."""
    found = set()
    for path in (ROOT / "qgis_weft").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
