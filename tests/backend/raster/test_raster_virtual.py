# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in archives and on servers are read like files."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import array_bounds

from weft.errors import RasterError
from weft.file_states import file_states
from weft.grid import Window
from weft.raster import RasterReader, Stretch
from weft.raster.inspect import describe, inspect
from weft.virtual_files import gdal_name, image_path, is_virtual

WINDOW = Window(50, 60, 100, 80)
SERVER = Path(__file__).with_name("serve_parts.py")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of `tmp_path`, from another process: rasterio lets no thread run as it opens."""
    command = [sys.executable, SERVER, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def read(path: Path) -> np.ndarray:
    with RasterReader(path, (1, 2, 3), Stretch((0.0,) * 3, (255.0,) * 3)) as reader:
        return reader.read(WINDOW, (WINDOW.height, WINDOW.width)).pixels


def zipped(path: Path) -> Path:
    archive = path.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.write(path, path.name)
    return image_path(f"/vsizip/{archive}/{path.name}")


def test_an_image_in_an_archive_is_read_as_it_is(rgb: Path) -> None:
    inside = zipped(rgb)
    assert np.array_equal(read(inside), read(rgb))
    assert inspect(inside).grid == inspect(rgb).grid
    told = describe(inspect(inside))
    assert told["bytes"] is None and told["width"] == 300


def test_an_image_on_a_server_is_read_as_it_is(rgb: Path, server: str) -> None:
    zipped(rgb)
    archive = f"/vsizip/vsicurl/{server}/rgb.zip/rgb.tif"
    for text in (f"{server}/rgb.tif", f"{server.replace('http', 'HTTP')}/rgb.tif", archive):
        image = image_path(text)
        assert image.stem == "rgb"
        assert np.array_equal(read(image), read(rgb))


def test_what_is_not_there_is_told_with_its_address(tmp_path: Path, server: str) -> None:
    with pytest.raises(RasterError) as told:
        inspect(image_path(f"{server}/absent.tif"))
    assert str(told.value).startswith(f"/vsicurl/{server}/absent.tif cannot be opened as a raster")
    assert str(told.value).endswith("check that it can be reached and that QGIS can open it.")
    with pytest.raises(RasterError, match="cannot be opened"):
        inspect(image_path(f"/vsizip/{tmp_path}/absent.zip/a.tif"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://host.org/a/b.tif", "/vsicurl/https://host.org/a/b.tif"),
        ("/vsicurl/https://host.org/b.tif", "/vsicurl/https://host.org/b.tif"),
        ("/vsis3/bucket/a/b.tif", "/vsis3/bucket/a/b.tif"),
        ("/vsizip//home/me/a.zip/b.tif", "/vsizip//home/me/a.zip/b.tif"),
        ("/vsizip/C:/me/a.zip/b.tif", "/vsizip/C:/me/a.zip/b.tif"),
        ("/vsizip/{/home/me/a.zip}/b.tif", "/vsizip/{/home/me/a.zip}/b.tif"),
        (
            "/vsizip//vsicurl/https://host.org/a.zip/b.tif",
            "/vsizip//vsicurl/https://host.org/a.zip/b.tif",
        ),
        (
            "/vsizip/vsicurl/https://host.org/a.zip/b.tif",
            "/vsizip//vsicurl/https://host.org/a.zip/b.tif",
        ),
    ],
)
def test_gdal_gets_the_name_that_it_knows(text: str, name: str) -> None:
    path = image_path(text)
    assert is_virtual(path)
    assert gdal_name(path) == name


def test_an_archive_may_be_named_from_where_one_is(
    tmp_path: Path, rgb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped(rgb)
    monkeypatch.chdir(tmp_path)
    assert np.array_equal(read(image_path("/vsizip/rgb.zip/rgb.tif")), read(rgb))


@pytest.mark.parametrize("text", ["folder/https/a.tif", "vsizip/a.tif", "a.tif"])
def test_other_paths_stay_what_they_are(text: str) -> None:
    path = image_path(text)
    assert path == Path(text) and not is_virtual(path)
    assert gdal_name(path) == str(path)


def test_states_of_virtual_files_are_known_as_unknown(rgb: Path) -> None:
    inside = zipped(rgb)
    assert list(file_states([inside]).values()) == [None]


def test_a_list_of_stac_items_is_one_image(tmp_path: Path, rgb: Path) -> None:
    whole = inspect(rgb).grid
    parts = [Window(0, 0, 90, whole.height), Window(90, 0, whole.width - 90, whole.height)]
    items = [stac_item(rgb, part, tmp_path / f"{part.column}.tif") for part in parts]
    file = tmp_path / "items.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": items}))
    assert np.array_equal(read(file), read(rgb))
    assert inspect(file).grid == whole


def stac_item(image: Path, part: Window, path: Path) -> dict[str, object]:
    """A part of an image in a file of its own, as a catalogue lists it."""
    shape = (part.height, part.width)
    transform = inspect(image).grid.window_transform(part, shape)
    with rasterio.open(image) as source:
        profile = {**source.profile, "width": part.width, "height": part.height}
        rows, columns = (part.row, part.row + part.height), (part.column, part.column + part.width)
        pixels, code = source.read(window=(rows, columns)), source.crs.to_epsg()
    with rasterio.open(path, "w", **{**profile, "transform": transform}) as file:
        file.write(pixels)
    placed = {
        "proj:epsg": code,
        "proj:bbox": array_bounds(*shape, transform),
        "proj:shape": shape,
        "proj:transform": list(transform)[:6],
    }
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": ["https://stac-extensions.github.io/projection/v1.0.0/schema.json"],
        "id": path.stem,
        "collection": "flight",
        "properties": {"datetime": "2026-01-01T00:00:00Z"},
        "assets": {"image": {"href": str(path), "roles": ["data"], **placed}},
    }
