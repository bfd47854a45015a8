# SPDX-License-Identifier: GPL-3.0-or-later
"""A real QGIS with the plugin from the built zip and the real engine: the whole story."""

import shutil
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
    ):
        assert (tmp_path / "story" / f"{name}.png").stat().st_size > 10_000
