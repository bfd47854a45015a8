# SPDX-License-Identifier: GPL-3.0-or-later
"""A real QGIS with the plugin from the built zip and the real engine: the whole story."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
ENGINE = ROOT / ".venv" / "bin" / "python"

pytestmark = pytest.mark.skipif(shutil.which("qgis") is None, reason="there is no QGIS")


def test_the_whole_story(tmp_path: Path) -> None:
    from in_qgis import run_story

    status = run_story(ENGINE, tmp_path / "story", budget_s=15)
    log = (tmp_path / "story" / "story-log.txt").read_text(encoding="utf-8")
    assert status == 0, log
    assert "FAIL" not in log
    for name in (
        "1-image",
        "2-labels",
        "3-adapt",
        "4-look",
        "4-next",
        "5-correct",
        "5-measured",
        "6-estimate",
        "7-polygons",
        "8-reopened",
        "9-toolbox",
    ):
        assert (tmp_path / "story" / f"{name}.png").stat().st_size > 10_000


def test_the_toolbox_is_there_without_a_window(tmp_path: Path) -> None:
    from in_qgis import make_profile

    # Debian's wrapper gives it an option of the desktop's, which it refuses
    program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
    assert program
    own = os.environ | {
        "QGIS_CUSTOM_CONFIG_PATH": str(make_profile(tmp_path, ENGINE)),
        "QT_QPA_PLATFORM": "offscreen",
    }
    asked = [program, "help", "weft:detect"]
    told = subprocess.run(asked, env=own, capture_output=True, text=True, check=True).stdout
    assert "Find objects in images" in told
    assert "MODEL" in told and "OUTPUT" in told
