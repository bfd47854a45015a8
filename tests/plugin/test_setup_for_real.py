# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's environment from the registry, cancelled and resumed, as the dialog does it.

Takes longer than other tests, up to some minutes where the packages are not in uv's cache: that the
lock installs on a machine is what every user relies on first.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from qgis_weft.paths import LOCK
from qgis_weft.process.environment import engine_python, environment_in
from qgis_weft.process.pythons import candidates
from qgis_weft.process.recipe import Kitchen
from qgis_weft.process.setup import TRANSCRIPT, Setup

PATIENCE_MS = 15 * 60_000
UV = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "uv"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Jörg Müller" / "weft"


@pytest.fixture
def begin(qgis_app, folder, monkeypatch):
    """Starts a set-up; what it tells is in its list. It downloads what uv has not yet."""
    cache = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv")
    monkeypatch.setenv("UV_CACHE_DIR", cache)

    def start():
        pythons = tuple(candidates(sys.platform, os.environ, Path.home()))
        setup, told = Setup(Kitchen(environment_in(folder), LOCK, pythons)), []
        setup.step.connect(lambda step: told.append(("step", step)))
        setup.succeeded.connect(lambda facts: told.append(("facts", facts)))
        setup.failed.connect(lambda message: told.append(("failed", message)))
        setup.start()
        return setup, told

    return start


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(
    "system", ["x86_64-pc-windows-msvc", "x86_64-unknown-linux-gnu", "aarch64-apple-darwin"]
)
def test_each_system_finds_wheels_of_all_that_is_locked(system, version, tmp_path):
    asked = ("--python-platform", system, "--python-version", version, "--target", tmp_path)
    subprocess.run(
        [UV, "pip", "sync", "--dry-run", "--only-binary", ":all:", *asked, LOCK],
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"},
        check=True,
    )


def last(told):
    return told[-1][0] if told else ""


def test_it_can_be_cancelled_resumed_and_then_works(begin, folder, qtbot):
    setup, told = begin()
    qtbot.waitUntil(lambda: told[-1][1].startswith("Installing"), timeout=PATIENCE_MS)
    setup.cancel()
    qtbot.waitUntil(lambda: last(told) == "failed", timeout=20_000)
    assert "kept for the next try" in told[-1][1]
    assert not environment_in(folder).ready

    setup, told = begin()
    qtbot.waitUntil(lambda: last(told) in ("failed", "facts"), timeout=PATIENCE_MS)
    what, facts = told[-1]
    assert what == "facts", facts
    assert facts["device"]["name"]
    assert ("step", "Making the environment") not in told
    assert engine_python("", folder) == environment_in(folder).python
    assert "-m weft info --json" in (folder / TRANSCRIPT).read_text(encoding="utf-8")
