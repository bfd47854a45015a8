# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample scene on disk is complete, valid, small, and never tramples on other files."""

import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.features import shapes
from shapely import box, union_all
from shapely.geometry import shape

from weft.errors import OutputError, RequestError
from weft.grid import Grid
from weft.jobs.sample import SampleRequest, SampleResult, sample
from weft.progress import Context
from weft.sample.demo import ORIGIN, UTM, Demo, Image
from weft.sample.truth import SceneObject
from weft.sample.write import check_folder, write_demo


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SampleResult:
    folder = tmp_path_factory.mktemp("sample")
    return sample(SampleRequest(folder / "town"), Context(folder))


def test_only_the_files_that_the_guide_names_are_written(written: SampleResult) -> None:
    names = {file.name for file in written.folder.iterdir()}
    assert names == {"README.txt", "town_a.tif", "town_b.tif", "train.gpkg", "truth.gpkg"}
    assert [file.name for file in written.folder.parent.iterdir()] == ["town"]
    guide = (written.folder / "README.txt").read_text(encoding="utf-8")
    assert 'weft run town_a.tif town_b.tif --labels "train.gpkg|layername=labels"' in guide


def test_it_is_small(written: SampleResult) -> None:
    assert sum(file.stat().st_size for file in written.folder.iterdir()) < 12_000_000


def test_images_are_tiled_rgb_with_overviews(written: SampleResult) -> None:
    for path in written.images:
        with rasterio.open(path) as dataset:
            assert dataset.profile["tiled"] and dataset.profile["compress"] == "deflate"
            assert dataset.count == 3 and dataset.dtypes == ("uint8",) * 3
            assert dataset.crs.to_epsg() == 32631 and dataset.res == pytest.approx((0.2, 0.2))
            assert all(dataset.overviews(band) for band in (1, 2, 3))
            assert [c.name for c in dataset.colorinterp] == ["red", "green", "blue"]


def test_images_lie_side_by_side(written: SampleResult) -> None:
    with rasterio.open(written.images[0]) as west, rasterio.open(written.images[1]) as east:
        assert west.bounds.right == pytest.approx(east.bounds.left)
        assert west.shape != east.shape


def test_one_image_has_a_corner_without_data(written: SampleResult) -> None:
    with rasterio.open(written.images[1]) as dataset:
        valid = dataset.dataset_mask() == 255
    assert not valid[-1, -1] and valid[0].all()
    assert 0.005 < (~valid).mean() < 0.05


def test_truth_lies_on_valid_pixels(written: SampleResult) -> None:
    truth = gpd.read_file(written.truth, layer="labels")
    assert truth.is_valid.all() and set(truth["class"]) == {"building", "ship"}
    assert len(truth) > 80
    footprint = []
    for path in written.images:
        with rasterio.open(path) as dataset:
            mask = dataset.dataset_mask()
            parts = shapes(mask, mask > 0, transform=dataset.transform)
            footprint += [shape(geometry) for geometry, _ in parts]
    outside = union_all(truth.geometry.to_list()).difference(union_all(footprint).buffer(0.3))
    assert outside.area < 1.0


def test_areas_are_labelled_completely(written: SampleResult) -> None:
    areas = gpd.read_file(written.train, layer="areas")
    labels = gpd.read_file(written.train, layer="labels")
    truth = gpd.read_file(written.truth, layer="labels")
    assert len(areas) == 5 and areas.area.to_numpy() == pytest.approx(51.2**2)
    for name in ("building", "ship"):
        inside = truth[truth["class"] == name].union_all().intersection(areas.union_all())
        given = labels[labels["class"] == name].union_all()
        assert inside.symmetric_difference(given).area < 0.01
    with_ships = areas.intersects(labels[labels["class"] == "ship"].union_all())
    assert with_ships.sum() >= 2 and (labels["class"] == "building").sum() >= 5


def test_areas_lie_inside_one_image_each(written: SampleResult) -> None:
    areas = gpd.read_file(written.train, layer="areas")
    with rasterio.open(written.images[0]) as west, rasterio.open(written.images[1]) as east:
        for left, bottom, right, top in areas.bounds.to_numpy():
            owners = [d for d in (west, east) if d.bounds.left <= left < d.bounds.right]
            assert len(owners) == 1 and right <= owners[0].bounds.right + 1e-6
            window = owners[0].window(left, bottom, right, top)
            assert (owners[0].dataset_mask(window=window) == 255).all()


def tiny() -> Demo:
    image = Image("town_a", np.full((3, 64, 64), 9, np.uint8), Grid(UTM, ORIGIN, 64, 64), None)
    area = box(431200, 4581590, 431210, 4581600)
    return Demo((image,), [SceneObject("building", area.buffer(-2))], [area])


def test_writing_again_renews_the_sample_and_keeps_other_files(
    written: SampleResult, tmp_path: Path
) -> None:
    shutil.copytree(written.folder, tmp_path / "town")
    own = tmp_path / "town" / "result.gpkg"
    own.write_bytes(b"the user's")
    check_folder(tmp_path / "town")
    write_demo(tiny(), tmp_path / "town")
    with rasterio.open(tmp_path / "town" / "town_a.tif") as dataset:
        assert (dataset.read() == 9).all()
    assert len(gpd.read_file(tmp_path / "town" / "truth.gpkg", layer="labels")) == 1
    assert own.read_bytes() == b"the user's"


def test_edits_of_a_sample_that_is_open_in_qgis_do_not_get_into_the_new_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "town"
    write_demo(tiny(), folder)
    with closing(sqlite3.connect(folder / "train.gpkg")) as qgis:
        qgis.execute("PRAGMA journal_mode=wal")
        qgis.execute("DELETE FROM labels")
        qgis.commit()
        write_demo(tiny(), folder)
        assert len(gpd.read_file(folder / "train.gpkg", layer="labels")) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    code = """
        import resource, sys
        from pathlib import Path
        from test_sample_job import tiny
        from weft.errors import OutputError
        from weft.sample.write import write_demo
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            write_demo(tiny(), Path(sys.argv[1]))
        except OutputError as error:
            sys.exit(f"told: {error}")
    """
    run = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "town")]
    here = Path(__file__).parent
    done = subprocess.run(run, cwd=here, capture_output=True, text=True, check=False)
    assert "told: The sample cannot be written" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds other files"):
        sample(SampleRequest(tmp_path), Context(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "town").write_text("mine")
    with pytest.raises(OutputError, match="is a file"):
        sample(SampleRequest(tmp_path / "town"), Context(tmp_path))


def test_a_negative_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="negative"):
        sample(SampleRequest(tmp_path / "town", seed=-1), Context(tmp_path))
    assert not (tmp_path / "town").exists()
