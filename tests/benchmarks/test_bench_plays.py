# SPDX-License-Identifier: GPL-3.0-or-later
from argparse import Namespace
from pathlib import Path

import pytest
import soon
import suggest
from plays import play_all
from records import Settings
from rivals import TRUNK
from scenes import Scene
from soon import Soon


def test_a_stopped_series_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    played: list[tuple[str, int]] = []

    def play(scene: Scene, seed: int, options: Namespace, settings: Settings) -> Soon:
        played.append((scene.name, seed))
        error = "no power" if len(played) == 2 else None
        return Soon(settings, scene.name, seed, "2025-01-01", 20.0, 4.0, 0.5, 0.6, 0.6, error)

    options = Namespace(
        scenes=[Scene(tmp_path / "town")],
        seeds=[0, 1],
        device="cpu",
        budget=60.0,
        fresh=False,
        trunk=None,
        out=tmp_path / "soon.md",
    )
    for _ in range(2):
        play_all("Soon", (), options, Soon, play, soon.report)
    assert played == [("town", 0), ("town", 1), ("town", 1)]
    assert "| town | 2 | 20.0 | 0.500 | 0.600 | 4.0 | 0.600 |" in options.out.read_text()
    options.trunk = tmp_path / "trunk.safetensors"
    play_all("Soon", (), options, Soon, play, soon.report)
    assert len(played) == 5, "a series on another backbone is another one"
    assert f"a training of 60 s on {TRUNK}" in options.out.read_text()


@pytest.mark.parametrize("script", [soon, suggest])
def test_a_scene_that_is_not_there_is_a_mistake_of_the_command_line(
    script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["x", "--data", str(tmp_path), "--scenes", "nowhere"])
    with pytest.raises(SystemExit):
        script.parse()
    assert "has no scene nowhere" in capsys.readouterr().err
