# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, SIGTERM and kill -9 leave whole files or none."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from cli_scene import Scene, contents, draw, started, write_image

from weft.bundle import read_bundle

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent by Unix means")
PATIENCE_S = 120


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """Reads stderr up to the line with `words`."""
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if words in line:
            return told
    raise AssertionError(f"ended without {words!r}: {told}")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """An image that keeps predict busy for a while, beside the results of an earlier time."""
    (tmp_path / "out").mkdir()
    for kind in ("prob", "class"):
        (tmp_path / "out" / f"large_{kind}.tif").write_text("from an earlier time")
    pixels = np.tile(draw(3), (1, 16, 16))
    return write_image(tmp_path / "large.tif", pixels, photometric="rgb")


@pytest.fixture
def predict(scene: Scene, model: Path, large: Path, tmp_path: Path) -> list[object]:
    options = ["--backbone-weights", scene.weights, "--tile", 64, "--device", "cpu"]
    return ["predict", model, large, "--out", tmp_path / "out", *options]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_a_prediction_leaves_what_was_there(
    predict: list[object], tmp_path: Path, number: signal.Signals
) -> None:
    before = contents(tmp_path)
    with started(*predict) as process:
        wait_for(process, "redicting large.tif")
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, told
    assert told.splitlines()[-1] == "weft: Cancelled; what was finished before is kept."
    assert contents(tmp_path) == before


def test_killing_a_prediction_leaves_no_half_raster(predict: list[object], tmp_path: Path) -> None:
    before = {name: content for name, content in contents(tmp_path).items() if content}
    with started(*predict) as process:
        wait_for(process, "redicting large.tif")
        time.sleep(1)
        process.kill()
        process.wait(PATIENCE_S)
    after = {name: content for name, content in contents(tmp_path).items() if content}
    # The drafts of a process that was killed stay behind in hidden folders.
    assert {n: c for n, c in after.items() if not n.startswith("out/.")} == before


def test_stopping_a_training_keeps_the_best_model_so_far(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "new.weft"
    options = [*scene.options, "--steps", "100000", "--budget", "600"]
    with started("train", scene.image, *options, "--out", path) as process:
        wait_for(process, "raining")  # told after the first step
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, told
    assert "Stopped early; the best model so far is kept." in told
    assert f"{path} written." in out
    card, _ = read_bundle(path)
    assert card.training.steps > 0
    assert list(contents(tmp_path)) == ["new.weft"]


def test_stopping_before_the_first_step_writes_nothing(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "result.gpkg"
    with started("run", scene.image, *scene.options, "--out", path) as process:
        wait_for(process, "eading the labelled areas")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, told
    assert contents(tmp_path) == {}


def test_killing_a_training_leaves_the_earlier_model(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "new.weft"
    path.write_text("from an earlier time")
    options = [*scene.options, "--steps", "100000"]
    with started("train", scene.image, *options, "--out", path) as process:
        wait_for(process, "raining")
        process.kill()
    assert contents(tmp_path) == {"new.weft": b"from an earlier time"}
