# SPDX-License-Identifier: GPL-3.0-or-later
"""A raster's header tells truly what it is, or says in one sentence why it cannot be used."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp

from weft.errors import RasterError
from weft.raster import default_bands, describe, inspect

BYTE = np.ones((1, 20, 30), np.uint8)
ALPHA = ColorInterp.alpha
RED, GREEN, BLUE = ColorInterp.red, ColorInterp.green, ColorInterp.blue

CUSTOM_CRS = (
    'PROJCS["local site",GEOGCS["WGS 84",'
    'DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",12.3],PARAMETER["central_meridian",4.56],'
    'PARAMETER["scale_factor",0.99991],PARAMETER["false_easting",1000],'
    'PARAMETER["false_northing",2000],UNIT["metre",1]]'
)


def assert_refused(path: Path, *words: str) -> None:
    with pytest.raises(RasterError) as caught:
        inspect(path)
    message = str(caught.value)
    assert str(path) in message and message.endswith(".") and "\n" not in message
    for word in words:
        assert word in message


def test_plain_rgb(rgb: Path) -> None:
    info = inspect(rgb)
    assert (info.grid.height, info.grid.width, info.bands) == (200, 300, 3)
    assert (info.dtype, info.block, info.palette, info.alpha) == ("uint8", (64, 64), False, ())
    assert info.grid.crs is not None and info.grid.crs.to_epsg() == 32633
    assert info.grid.gsd_m() == pytest.approx(0.5, rel=1e-3)
    assert default_bands(info) == (1, 2, 3)


def test_colours_are_found_wherever_they_stand(make_raster) -> None:
    path = make_raster(np.ones((4, 8, 8), np.uint8), colours=(ALPHA, BLUE, GREEN, RED))
    info = inspect(path)
    assert info.alpha == (1,)
    assert info.data_bands == (2, 3, 4)
    assert info.bands == 3
    assert default_bands(info) == (4, 3, 2)


@pytest.mark.parametrize(
    ("count", "expected"), [(1, (1,)), (2, (1,)), (3, (1, 2, 3)), (8, (1, 2, 3))]
)
def test_default_bands_without_colours(make_raster, count: int, expected: tuple[int, ...]) -> None:
    array = np.ones((count, 8, 8), np.uint16)
    assert default_bands(inspect(make_raster(array, photometric="minisblack"))) == expected


def test_palette_counts_as_its_three_colours(make_raster) -> None:
    info = inspect(make_raster(BYTE, colormap={1: (200, 100, 50, 255)}))
    assert info.palette and info.bands == 3
    assert default_bands(info) == (1, 2, 3)


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.5, 0, 0, 0, 0.5, 0),  # south-up
        Affine.rotation(30) @ Affine.scale(0.5, -0.5),
        Affine(0.5, 0.1, 7, 0.2, -0.5, 9),
    ],
)
def test_the_full_affine_is_kept(make_raster, transform: Affine) -> None:
    grid = inspect(make_raster(BYTE, transform=transform)).grid
    assert grid.transform.almost_equals(transform)


def test_a_crs_without_a_code_is_kept(make_raster) -> None:
    info = inspect(make_raster(BYTE, crs=CUSTOM_CRS))
    assert info.grid.crs is not None
    assert info.grid.crs.to_dict()["lat_0"] == 12.3
    assert describe(info)["crs_code"] is None


def test_no_georeference_at_all_is_fine(make_raster) -> None:
    grid = inspect(make_raster(BYTE, crs=None, transform=Affine.identity())).grid
    assert grid.crs is None and grid.transform.is_identity


def test_description_is_json_even_with_nan(make_raster) -> None:
    path = make_raster(BYTE.astype(np.float32), nodata=np.nan)
    described = json.loads(json.dumps(describe(inspect(path)), allow_nan=False))
    assert described["bands"][0]["nodata"] == "nan"
    assert described["crs_code"] == "EPSG:32633"
    assert described["corners"][2] == [500_015.0, 3_999_990.0]


def test_band_names_in_an_unknown_encoding(make_raster) -> None:
    path = make_raster(BYTE)
    with rasterio.open(path, "r+") as dataset:
        dataset.set_band_description(1, "ZZZZ")
    path.write_bytes(path.read_bytes().replace(b"ZZZZ", b"\xe4\xff\xfe\x80"))
    assert inspect(path).descriptions == (None,)


def test_absent_empty_and_foreign_files(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.tif", "does not exist")
    empty = tmp_path / "empty.tif"
    empty.touch()
    assert_refused(empty, "empty file")
    text = tmp_path / "notes.tif"
    text.write_text("not a raster")
    assert_refused(text, "cannot be opened as a raster")
    assert_refused(tmp_path, "cannot be opened as a raster")


def test_complex_and_mixed_types(make_raster, tmp_path: Path) -> None:
    assert_refused(make_raster(BYTE.astype(np.complex64)), "complex")
    mixed = tmp_path / "mixed.vrt"
    mixed.write_text(
        '<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Byte" band="1"/>'
        '<VRTRasterBand dataType="Float32" band="2"/></VRTDataset>'
    )
    assert_refused(mixed, "float32, uint8", "gdal_translate -ot")


def test_ground_control_points_alone(make_raster) -> None:
    path = make_raster(BYTE, crs=None, transform=Affine.identity())
    points = [
        GroundControlPoint(r, c, c * 2.0, -r * 2.0) for r, c in ((0, 0), (0, 9), (9, 0), (9, 9))
    ]
    with rasterio.open(path, "r+") as dataset:
        dataset.gcps = (points, rasterio.CRS.from_epsg(32633))
    assert_refused(path, "GCPs", "gdalwarp", "Georeferencer")


def test_pixels_without_area(make_raster) -> None:
    assert_refused(make_raster(BYTE, transform=Affine(1, 1, 0, 1, 1, 0)), "no area")


def test_too_many_bands_and_too_large_blocks(tmp_path: Path) -> None:
    bands = "".join(f'<VRTRasterBand dataType="Byte" band="{b}"/>' for b in range(1, 1026))
    many = tmp_path / "many.vrt"
    many.write_text(f'<VRTDataset rasterXSize="4" rasterYSize="4">{bands}</VRTDataset>')
    assert_refused(many, "1025 bands", "at most 1024")
    wide = tmp_path / "wide.tif"
    size = {"width": 40_000, "height": 40_000, "count": 1, "dtype": "uint8"}
    tiles = {"tiled": True, "blockxsize": 40_000, "blockysize": 40_000, "sparse_ok": True}
    with rasterio.open(wide, "w", driver="GTiff", **size, **tiles):
        pass
    assert_refused(wide, "blocks of 40000 x 40000", "TILED=YES")
