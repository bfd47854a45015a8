# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip that QGIS installs: complete, small, and nothing in it that the plugin site refuses."""

import ast
import configparser
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from package import MOST_BYTES, package  # noqa: E402

BINARY = {".so", ".dll", ".pyd", ".exe", ".pyc", ".whl"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(package(tmp_path_factory.mktemp("dist") / "qgis_weft.zip"))


def test_everything_lies_in_one_folder(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"qgis_weft"}
    for needed in (
        "__init__.py",
        "plugin.py",
        "metadata.txt",
        "LICENSE",
        "requirements.lock",
        "backend/weft/__main__.py",
        "resources/backbones/weft_resnet18d.safetensors",
        "resources/icons/weft.svg",
    ):
        assert f"qgis_weft/{needed}" in names


def test_nothing_hidden_binary_or_large(archive: zipfile.ZipFile) -> None:
    assert Path(str(archive.filename)).stat().st_size < MOST_BYTES
    for name in archive.namelist():
        assert not any(part.startswith((".", "__MACOSX")) for part in name.split("/")), name
        assert Path(name).suffix not in BINARY, name
        assert "__pycache__" not in name


def test_the_same_sources_make_the_same_zip(archive: zipfile.ZipFile, tmp_path: Path) -> None:
    again = package(tmp_path / "again.zip")
    assert again.read_bytes() == Path(str(archive.filename)).read_bytes()


def test_the_metadata_is_what_the_site_asks_for() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    general = parser["general"]
    for key in (
        "name",
        "description",
        "about",
        "version",
        "author",
        "email",
        "repository",
        "tracker",
    ):
        assert general[key].strip()
    assert general["qgisMinimumVersion"] == "3.22"
    assert general["qgisMaximumVersion"] == "4.99"
    assert (ROOT / general["icon"]).exists()


def plugin_sources() -> list[Path]:
    return sorted((ROOT / "qgis_weft").rglob("*.py"))


@pytest.mark.parametrize("path", plugin_sources(), ids=lambda path: path.name)
def test_the_plugin_asks_for_qgis_and_the_standard_library_alone(path: Path) -> None:
    allowed = set(sys.stdlib_module_names) | {"qgis"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))):
        if isinstance(node, ast.Import):
            assert {each.name.split(".")[0] for each in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert (node.module or "").split(".")[0] in allowed
