# SPDX-License-Identifier: GPL-3.0-or-later
"""Prediction by the workers of a real dask cluster, one of which is killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio
from cli_scene import QUIET, Outcome, Scene, draw, started, write_image

PATIENCE_S = 120

Weft = Callable[..., Outcome]


@dataclass
class Cluster:
    """A scheduler, and the ways to get workers."""

    address: str
    folder: Path
    running: ExitStack
    scheduler: "subprocess.Popen[bytes]"

    def work(self) -> "subprocess.Popen[bytes]":
        """One more worker, which nothing starts again."""
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)]
        return begin(self.running, "worker", self.address, "--host", "127.0.0.1", *options)


def begin(running: ExitStack, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
    process = subprocess.Popen(
        command, env=os.environ | QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    running.callback(process.wait, PATIENCE_S)
    running.callback(process.kill)
    return process


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    with ExitStack() as running:
        place = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
        scheduler = begin(running, "scheduler", *place)
        # it is there before anything is in it
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        yield Cluster(json.loads(file.read_text())["address"], folder, running, scheduler)


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    return write_image(tmp_path / "wide.tif", np.tile(draw(3), (1, 6, 4)), photometric="rgb")


@pytest.fixture
def predict(scene: Scene, model: Path, wide: Path) -> list[object]:
    options = ["--backbone-weights", scene.weights, "--tile", 64, "--device", "cpu"]
    return ["predict", model, wide, *options]


def pixels_of(folder: Path) -> list[np.ndarray]:
    found = []
    for kind in ("prob", "class"):
        with rasterio.open(folder / f"wide_{kind}.tif") as raster:
            found.append(raster.read())
    return found


def test_a_worker_that_is_killed_costs_nothing_but_time(
    weft: Weft, cluster: Cluster, predict: list[object], tmp_path: Path
) -> None:
    alone, out = tmp_path / "alone", tmp_path / "out"
    assert weft(*predict, "--out", alone).status == 0
    doomed, _ = cluster.work(), cluster.work()
    with started(*predict, "--out", out, "--scheduler", cluster.address) as process:
        wait_until(lambda: process.poll() is not None or list(out.glob(".wide_weft/*.gz")))
        doomed.kill()
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert "Predicting wide.tif" in errors
    assert sorted(path.name for path in out.iterdir()) == ["wide_class.tif", "wide_prob.tif"]
    for one, other in zip(pixels_of(out), pixels_of(alone), strict=True):
        assert np.array_equal(one, other)


def test_a_cluster_that_cannot_be_had_is_told(
    weft: Weft, cluster: Cluster, predict: list[object], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    idle = weft(*predict, "--out", out, "--scheduler", cluster.address)
    assert idle.status == 2
    told = f"has no workers; start some with 'dask worker {cluster.address} --nthreads 1'."
    assert told in idle.err
    absent = weft(*predict, "--out", out, "--scheduler", "tcp://127.0.0.1:9")
    assert absent.status == 2
    assert absent.err.splitlines()[-1] == (
        "weft: There is no scheduler at tcp://127.0.0.1:9; start one with 'dask scheduler', or "
        "leave out --scheduler."
    )
    unnamed = weft(*predict, "--out", out, "--scheduler", "")
    assert (unnamed.status, "No scheduler is named" in unnamed.err) == (2, True)
    never = weft(*predict, "--out", out, "--scheduler", cluster.address, "--tta", 0)
    assert (never.status, "--tta" in never.err) == (2, True)
    assert not out.exists()


def test_a_scheduler_that_is_lost_is_told_and_what_is_done_stays(
    cluster: Cluster, predict: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # dask looks for it for 30 s
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    out = tmp_path / "out"
    cluster.work()
    with started(*predict, "--out", out, "--scheduler", cluster.address) as process:
        wait_until(lambda: process.poll() is not None or list(out.glob(".wide_weft/*.gz")))
        cluster.scheduler.kill()
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2, errors
    assert errors.splitlines()[-1] == (
        "weft: The scheduler was lost; start it again, and the same command goes on from here."
    )
    assert list(out.glob(".wide_weft/*.gz"))
