# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, SIGTERM and kill -9 leave whole files or none."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from cli_scene import Scene, contents, draw, shown, started, write_image
from geopandas.testing import assert_geodataframe_equal

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
    before = shown(tmp_path)
    with started(*predict) as process:
        wait_for(process, "redicting large.tif")
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, told
    assert told.splitlines()[-1] == "weft: Cancelled; what was finished before is kept."
    assert shown(tmp_path) == before


def test_killing_a_prediction_leaves_no_half_raster(predict: list[object], tmp_path: Path) -> None:
    before = shown(tmp_path)
    with started(*predict) as process:
        wait_for(process, "redicting large.tif")
        time.sleep(1)
        process.kill()
        process.wait(PATIENCE_S)
    assert shown(tmp_path) == before


def test_a_run_that_was_killed_goes_on_where_it_was(scene: Scene, tmp_path: Path) -> None:
    image = write_image(tmp_path / "wide.tif", np.tile(draw(3), (1, 4, 4)), photometric="rgb")
    options = [image, *scene.options, "--tile", 64, "--simplify", 0]
    with started("run", *options, "--out", tmp_path / "calm.gpkg") as process:
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, told
    command = ["run", *options, "--out", tmp_path / "result.gpkg"]
    kept = tmp_path / "result_weft"
    for _ in range(2):
        before = rows_in(kept)
        with started(*command) as process:
            wait_for(process, "redicting wide.tif")
            while process.poll() is None and rows_in(kept) <= before:
                time.sleep(0.01)
            process.kill()
            assert process.wait(PATIENCE_S) == -signal.SIGKILL
    with started(*command) as process:
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, told
    assert "result.weft was trained before the run was stopped, and is used again." in told
    assert re.search(r"wide\.tif was stopped at \d+%, and goes on\.", told)
    assert not list(kept.glob(".*"))
    for name in ("wide_prob.tif", "wide_class.tif"):
        assert pixels_of(kept / name) == pixels_of(tmp_path / "calm_weft" / name)
    mine, calm = (gpd.read_file(tmp_path / f"{name}.gpkg") for name in ("result", "calm"))
    assert_geodataframe_equal(mine.drop(columns="model"), calm.drop(columns="model"))


def rows_in(folder: Path) -> int:
    return len(list(folder.glob(".wide_weft/*.gz")))


def pixels_of(path: Path) -> bytes:
    with rasterio.open(path) as raster:
        return bytes(raster.read())


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
