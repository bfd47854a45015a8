# SPDX-License-Identifier: GPL-3.0-or-later
"""A written raster is whole, on its grid, readable by everyone, or it is not there at all."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import CRS
from rasterio.enums import ColorInterp, Resampling

from weft.errors import OutputError
from weft.grid import Grid, Window
from weft.raster import RasterWriter

TURNED = Affine.translation(500_000, 4_000_000) @ Affine.rotation(30) @ Affine.scale(0.5, -0.5)
GRID = Grid(CRS.from_epsg(32633), TURNED, 1500, 1100)


def fill(writer: RasterWriter, count: int, value: int = 7) -> None:
    for row in range(0, GRID.height, 512):
        height = min(512, GRID.height - row)
        array = np.full((count, height, GRID.width), value, np.uint8)
        writer.write(array, Window(0, row, GRID.width, height))


def test_a_complete_raster(tmp_path: Path) -> None:
    path = tmp_path / "prob.tif"
    names = ("roof", "road", "water", "tree")
    tags = {"WEFT_KIND": "probability"}
    with RasterWriter(path, GRID, 4, "uint8", 255, tags, names, None, Resampling.average) as writer:
        assert not path.exists()
        fill(writer, 4)
    assert list(tmp_path.iterdir()) == [path]
    with rasterio.open(path) as dataset:
        assert dataset.crs.to_epsg() == 32633 and dataset.transform.almost_equals(TURNED)
        assert dataset.block_shapes == [(512, 512)] * 4
        assert dataset.descriptions == names and dataset.nodata == 255
        assert dataset.tags()["WEFT_KIND"] == "probability"
        assert dataset.overviews(1) == [2, 4]
        # GDAL would take the fourth band for transparency.
        assert ColorInterp.alpha not in dataset.colorinterp
        assert (dataset.read() == 7).all()


def test_a_reader_over_a_network_finds_the_coarsest_first(tmp_path: Path) -> None:
    """The order of a cloud-optimised GeoTIFF: all directories, then overviews, coarse to fine."""
    path = tmp_path / "prob.tif"
    with RasterWriter(path, GRID, 2) as writer:
        fill(writer, 2)
    places = [directory_and_first_block(path, level) for level in (None, 0, 1)]
    directories, blocks = zip(*places, strict=True)
    assert max(directories) < min(blocks)
    assert list(blocks) == sorted(blocks, reverse=True)


def directory_and_first_block(path: Path, level: int | None) -> tuple[int, int]:
    options = {} if level is None else {"overview_level": level}
    with rasterio.open(path, **options) as dataset:
        names = ("IFD_OFFSET", "BLOCK_OFFSET_0_0")
        directory, block = (int(dataset.get_tag_item(name, "TIFF", bidx=1)) for name in names)
    return directory, block


def test_class_raster_with_colours(tmp_path: Path) -> None:
    path = tmp_path / "class.tif"
    with RasterWriter(path, GRID, 1, nodata=255, colormap={1: (1, 2, 3, 255)}) as writer:
        fill(writer, 1)
    with rasterio.open(path) as dataset:
        assert dataset.colormap(1)[1] == (1, 2, 3, 255)
        assert dataset.colorinterp == (ColorInterp.palette,)


@pytest.mark.parametrize(
    "crs", [None, CRS.from_proj4("+proj=tmerc +lat_0=12.3 +lon_0=4.56 +k=0.9999 +ellps=GRS80")]
)
def test_grids_without_a_code(tmp_path: Path, crs: CRS | None) -> None:
    grid = Grid(crs, Affine(1, 0, 5, 0, 1, 6), 20, 10)
    path = tmp_path / "small.tif"
    with RasterWriter(path, grid, 1) as writer:
        writer.write(np.ones((1, 10, 20), np.uint8), Window(0, 0, 20, 10))
    with rasterio.open(path) as dataset:
        assert dataset.transform == grid.transform
        assert (dataset.crs is None) == (crs is None)
        assert crs is None or CRS.from_wkt(dataset.crs.to_wkt()).to_dict()["lat_0"] == 12.3


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "prob.tif"
    path.write_bytes(b"before")
    with pytest.raises(KeyError), RasterWriter(path, GRID, 1) as writer:  # noqa: PT012
        fill(writer, 1)
        raise KeyError
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["aux.xml", "ovr", "msk"])
def test_what_lay_beside_a_replaced_raster_goes(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "prob.tif"
    stale = tmp_path / f"prob.tif.{kind}"
    stale.write_text("<PAMDataset/>")
    with RasterWriter(path, GRID, 1) as writer:
        fill(writer, 1)
    assert not stale.exists()


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"prob\.tif cannot be written"):
        RasterWriter(tmp_path / "none" / "prob.tif", GRID, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a thing of Unix")
@pytest.mark.parametrize(
    ("side", "most"),
    [(100, 5_000), (2000, 2_000_000), pytest.param(2000, 4_700_000, id="while making overviews")],
)
def test_a_full_disk(tmp_path: Path, side: int, most: int) -> None:
    code = f"""
import resource, signal
import numpy as np
from affine import Affine
from weft.errors import OutputError
from weft.grid import Grid, Window
from weft.raster import RasterWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))
noise = np.random.default_rng(0).integers(0, 255, (1, {side}, {side}), dtype=np.uint8)
try:
    with RasterWriter("full.tif", Grid(None, Affine.identity(), {side}, {side}), 1) as writer:
        writer.write(noise, Window(0, 0, {side}, {side}))
except OutputError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "full.tif cannot be written" in done.stdout
    assert "Traceback" not in done.stderr and list(tmp_path.iterdir()) == []
