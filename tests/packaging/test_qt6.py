# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Qt name that the plugin uses exists in PyQt6 by that name, as QGIS 4 needs it."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "qgis_weft").rglob("*.py"))
# qgis.PyQt still offers these where PyQt6 has moved them.
MOVED = {("QtWidgets", "QAction"): "QtGui", ("QtWidgets", "QActionGroup"): "QtGui"}
ASKED_FOR = {"QVariant.String"}


def qt_names(tree: ast.AST) -> dict[str, object]:
    """Imported names of Qt with what PyQt6 has for them."""
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt."):
            module = (node.module or "").rsplit(".", 1)[1]
            for each in node.names:
                home = MOVED.get((module, each.name), module)
                found[each.asname or each.name] = getattr(
                    importlib.import_module(f"PyQt6.{home}"), each.name
                )
    return found


def chains(tree: ast.AST, names: dict[str, object]) -> Iterator[tuple[int, list[str]]]:
    """Dotted names that begin with one of `names`, the longest only."""
    inner = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            parts, part = [], node
            while isinstance(part, ast.Attribute):
                parts.append(part.attr)
                part = part.value  # type: ignore[assignment]
            if isinstance(part, ast.Name) and part.id in names:
                yield node.lineno, [part.id, *reversed(parts)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_qt_names_exist_in_qt_6(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = qt_names(tree)
    for line, (first, *rest) in chains(tree, names):
        value = names[first]
        for part in rest:
            if ".".join([first, *rest]) in ASKED_FOR or not isinstance(value, type):
                break
            assert hasattr(value, part), f"{path.name}:{line} {first}.{'.'.join(rest)}"
            value = getattr(value, part)
