# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin site runs over every zip that is uploaded, with its own options."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from package import package  # noqa: E402

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(package(folder / "qgis_weft.zip")) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def scan(command: list[str], folder: Path) -> str:
    """What a tool finds in the folder."""
    own = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_bandit_finds_nothing_of_medium_or_high_severity(unpacked: Path) -> None:
    report = json.loads(scan(["bandit", "-r", ".", "-f", "json", "--quiet", "-ll"], unpacked))
    assert len(report["metrics"]) > 100
    assert not [(r["filename"], r["line_number"], r["issue_text"]) for r in report["results"]]


def test_detect_secrets_finds_nothing(unpacked: Path) -> None:
    command = ["detect-secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", "."]
    assert json.loads(scan(command, unpacked))["results"] == {}


def test_flake8_finds_nothing(unpacked: Path) -> None:
    assert scan(["flake8", "--max-line-length=120", "."], unpacked) == ""


def test_the_scan_does_find_what_it_looks_for(tmp_path: Path) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    code = f'import pickle\npickle.load(open("x"))\nkey = "{key}"\n'
    (tmp_path / "bad.py").write_text(code, encoding="utf-8")
    found = json.loads(scan(["bandit", "-r", ".", "-f", "json", "--quiet", "-ll"], tmp_path))
    assert found["results"]
    assert json.loads(scan(["detect-secrets", "scan", "--all-files", "."], tmp_path))["results"]
