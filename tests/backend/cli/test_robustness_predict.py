# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters from other projects' bug trackers go through predict: a result, or one sentence."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import rasterio
from cli_scene import QUIET, Scene

from weft.bundle import read_bundle, write_bundle
from weft.errors import RasterError
from weft.raster import inspect

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "robustness"
FILES = sorted(file for file in FOLDER.rglob("*") if file.is_file()) if FOLDER.is_dir() else []
NAMES = [file.relative_to(FOLDER).as_posix() for file in FILES]
LONGEST_S = 60
MOST_MB = 2048
# 648 and 65 megapixels take long: the command is stopped meanwhile, as a user would by Ctrl-C.
LARGE = {"rio_tiler/cog_world.tif": 5.0, "rio_cogeo/image_web_z5_z11.tif": 3.0}

pytestmark = [
    pytest.mark.skipif(
        not FILES, reason="the shared robustness rasters are not beside this checkout"
    ),
    pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted by Linux's means"),
]


@dataclass(frozen=True)
class Ending:
    """How predict ended on one raster."""

    out: Path
    status: int
    told: str
    seconds: float
    peak_mb: float


@pytest.fixture(scope="module")
def endings(
    scene: Scene, model: Path, grey_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Ending]:
    """Every raster predicted, by a model of one or three bands as fits."""
    folder = tmp_path_factory.mktemp("robustness")
    anywhere = {1: folder / "one.weft", 3: folder / "three.weft"}
    for bands, path in ((1, grey_model), (3, model)):
        card, tensors = read_bundle(path)
        # A model that knows no resolution takes every raster pixel by pixel.
        write_bundle(anywhere[bands], replace(card, gsd_m=None), tensors)
    tasks = [
        (str(anywhere[fitting_bands(file)]), str(file), str(folder / str(i)), LARGE.get(name, 90.0))
        for i, (file, name) in enumerate(zip(FILES, NAMES, strict=True))
    ]
    script = Path(__file__).with_name("predict_many.py")
    done = subprocess.run(
        [sys.executable, script, scene.weights],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        env=os.environ | QUIET,
    )
    assert done.returncode == 0, done.stderr
    results = {}
    for name, task, line in zip(NAMES, tasks, done.stdout.splitlines(), strict=True):
        facts = json.loads(line)
        del facts["raster"]
        results[name] = Ending(Path(task[2]), **facts)
    return results


def fitting_bands(path: Path) -> int:
    try:
        return 3 if inspect(path).bands >= 3 else 1
    except RasterError:
        return 3


@pytest.mark.parametrize("name", NAMES)
def test_a_result_or_one_sentence(endings: dict[str, Ending], name: str) -> None:
    ending = endings[name]
    assert "Traceback" not in ending.told
    assert ending.seconds < LONGEST_S
    assert ending.peak_mb < MOST_MB
    if ending.status == 0:
        check_rasters(FOLDER / name, ending.out)
        return
    last = ending.told.splitlines()[-1]
    assert last.startswith("weft: ") and last.endswith(".")
    if name in LARGE:
        assert ending.status == 130
        # what is finished waits in a hidden folder for the same command
        assert {path.name for path in ending.out.glob("*")} <= {f".{Path(name).stem}_weft"}
    else:
        assert ending.status == 2
        assert not ending.out.exists()
        assert str(FOLDER / name) in last


def check_rasters(image: Path, out: Path) -> None:
    """Both rasters have the size and the place of the image."""
    grid = inspect(image).grid
    for kind in ("prob", "class"):
        with rasterio.open(out / f"{image.stem}_{kind}.tif") as raster:
            assert raster.shape == (grid.height, grid.width)
            assert raster.transform.almost_equals(grid.transform)
            assert (raster.crs is None) == (grid.crs is None)
