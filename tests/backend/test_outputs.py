# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written comes into place whole, also where other programs look at it meanwhile."""

import os
import stat
from pathlib import Path

import pytest

from weft import outputs
from weft.outputs import draft_folder, replace


class Held(OSError):
    """As Windows says it of a file that a virus scanner has open."""

    winerror = 32


def test_a_file_that_is_held_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, refused = os.replace, iter([Held(), Held()])

    def held(source: Path, target: Path) -> None:
        for reason in refused:
            raise reason
        rename(source, target)

    monkeypatch.setattr(os, "replace", held)
    fresh, place = tmp_path / "fresh", tmp_path / "place"
    fresh.write_text("new")
    place.write_text("old")
    replace(fresh, place)
    assert place.read_text() == "new" and not fresh.exists()


def test_a_file_that_stays_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(source: Path, target: Path) -> None:
        raise Held

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(outputs, "PATIENCE_S", 0.1)
    with pytest.raises(Held):
        replace(tmp_path / "fresh", tmp_path / "place")


def test_what_is_wrong_otherwise_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "PATIENCE_S", 60.0)
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "absent", tmp_path / "place")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_others_may_read_what_was_made_in_a_draft(tmp_path: Path) -> None:
    folder = draft_folder(tmp_path)
    assert folder.name.startswith(".") and draft_folder(tmp_path) != folder
    beside = tmp_path / "beside"
    beside.mkdir()
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(beside.stat().st_mode)
