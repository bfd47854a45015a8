# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network sees of a raster: the right pixels, in 0..1, and a true mask of what is valid."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.enums import ColorInterp

from weft.errors import RasterError
from weft.grid import Window
from weft.raster import Patch, RasterReader, Stretch
from weft.raster.edges import spans

IDENTITY = Stretch((0.0,), (255.0,))
RGB_IDENTITY = Stretch((0.0,) * 3, (255.0,) * 3)


def read(
    path: Path,
    window: Window,
    shape: tuple[int, int] | None = None,
    bands: tuple[int, ...] = (1,),
    stretch: Stretch | None = None,
) -> Patch:
    stretch = stretch or Stretch((0.0,) * len(bands), (255.0,) * len(bands))
    with RasterReader(path, bands, stretch) as reader:
        return reader.read(window, shape or (window.height, window.width))


def test_pixels_are_exact_where_nothing_is_resampled(rgb: Path) -> None:
    patch = read(rgb, Window(50, 60, 100, 80), bands=(3, 1))
    with rasterio.open(rgb) as dataset:
        expected = dataset.read([3, 1])[:, 60:140, 50:150]
    assert patch.pixels.dtype == np.float32
    np.testing.assert_allclose(patch.pixels * 255, expected, atol=1e-4)
    assert patch.valid.all()


def test_stretch_clips_to_0_and_1(rgb: Path) -> None:
    pixels = read(rgb, Window(0, 0, 10, 200), stretch=Stretch((50,), (100,))).pixels
    assert pixels[0, 40, 0] == 0 and pixels[0, 75, 0] == 0.5 and pixels[0, 130, 0] == 1


@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.uint32, np.int64])
def test_large_offsets_keep_their_small_differences(make_raster, dtype: type) -> None:
    array: np.ndarray = (2_000_000_000 + np.arange(100).reshape(1, 10, 10)).astype(dtype)
    stretch = Stretch((2e9,), (2e9 + 100,))
    pixels = read(make_raster(array), Window(0, 0, 10, 10), stretch=stretch).pixels
    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels.ravel(), np.arange(100) / 100, atol=1e-6)


@pytest.mark.parametrize(("column", "row"), [(-20, -10), (280, 190), (100, -30), (-40, 50)])
def test_beyond_the_edge_the_image_is_mirrored_and_invalid(
    rgb: Path, column: int, row: int
) -> None:
    patch = read(rgb, Window(column, row, 64, 48), bands=(1, 2, 3))
    with rasterio.open(rgb) as dataset:
        image = dataset.read()
    top, bottom, left, right = (
        max(row, 0),
        min(row + 48, 200),
        max(column, 0),
        min(column + 64, 300),
    )
    around = ((top - row, row + 48 - bottom), (left - column, column + 64 - right))
    expected = np.pad(image[:, top:bottom, left:right], ((0, 0), *around), mode="symmetric")
    np.testing.assert_allclose(patch.pixels * 255, expected, atol=1e-4)
    inside = np.pad(np.ones((200, 300), bool), 64)
    np.testing.assert_array_equal(
        patch.valid, inside[row + 64 : row + 112, column + 64 : column + 128]
    )


def test_a_window_larger_than_the_image(make_raster) -> None:
    path = make_raster(np.full((1, 3, 2), 255, np.uint8))
    patch = read(path, Window(-10, -10, 64, 64))
    assert patch.pixels.min() == 1
    assert patch.valid.sum() == 6 and patch.valid[10:13, 10:12].all()


def test_a_window_wholly_outside_is_invalid(rgb: Path) -> None:
    patch = read(rgb, Window(1000, 0, 16, 16), (8, 8))
    assert patch.pixels.shape == (1, 8, 8) and not patch.valid.any()


def test_shrinking_averages(make_raster) -> None:
    array = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (1, 32, 32))
    pixels = read(make_raster(array), Window(0, 0, 64, 64), (16, 16)).pixels
    np.testing.assert_allclose(pixels, 0.5, atol=0.01)


def test_enlarging_is_smooth(make_raster) -> None:
    array = np.tile(np.arange(0, 160, 10, dtype=np.float32), (1, 16, 1))
    pixels = read(make_raster(array), Window(4, 4, 8, 8), (16, 16)).pixels[0, 0] * 255
    np.testing.assert_allclose(pixels, 40 + (np.arange(16) + 0.5) * 5 - 5, atol=0.01)


@pytest.mark.parametrize("shape", [(40, 50), (31, 29), (100, 120)])
@pytest.mark.parametrize("corner", [(-13, -7), (270, 170), (-30, 150)])
def test_resampled_edges_stay_in_place(make_raster, shape: tuple[int, int], corner) -> None:
    rows, columns = np.mgrid[0:200, 0:300].astype(np.float32)
    path = make_raster(np.stack([rows, columns]), tiled=True, blockxsize=64, blockysize=64)
    window = Window(*corner, 61, 53)
    patch = read(path, window, shape, bands=(1, 2), stretch=Stretch((0, 0), (1000, 1000)))
    y = window.row + (np.arange(shape[0]) + 0.5) * window.height / shape[0] - 0.5
    x = window.column + (np.arange(shape[1]) + 0.5) * window.width / shape[1] - 0.5
    inside = ((y > -0.5) & (y < 199.5))[:, None] & ((x > -0.5) & (x < 299.5))
    # A centre may lie exactly on the edge; either answer is right there.
    certain = (np.abs(y + 0.5) > 0.01)[:, None] & (np.abs(x + 0.5) > 0.01)
    np.testing.assert_array_equal(patch.valid[certain], inside[certain])
    scale = max(window.height / shape[0], window.width / shape[1], 1)
    error_y = np.abs(patch.pixels[0] * 1000 - y[:, None])[patch.valid]
    error_x = np.abs(patch.pixels[1] * 1000 - x)[patch.valid]
    assert max(error_y.max(), error_x.max()) <= scale / 2 + 0.01
    away = (
        patch.valid & ((y > scale) & (y < 199 - scale))[:, None] & (x > scale) & (x < 299 - scale)
    )
    assert np.abs(patch.pixels[0] * 1000 - y[:, None])[away].max() < 0.1
    assert np.abs(patch.pixels[1] * 1000 - x)[away].max() < 0.1


def test_nan_and_infinity_are_invalid_and_zero(make_raster) -> None:
    array = np.ones((2, 8, 8), np.float32)
    array[0, 1, 1], array[1, 2, 2], array[1, 3, 3] = np.nan, np.inf, np.finfo(np.float32).min
    patch = read(
        make_raster(array), Window(0, 0, 8, 8), bands=(1, 2), stretch=Stretch((0, 0), (1, 1))
    )
    assert np.argwhere(~patch.valid).tolist() == [[1, 1], [2, 2], [3, 3]]
    assert np.isfinite(patch.pixels).all() and (patch.pixels[:, ~patch.valid] == 0).all()


def test_nodata_in_every_band_is_invalid_in_one_band_is_not(make_raster) -> None:
    array = np.full((3, 8, 8), 100, np.uint8)
    array[:, 0, 0] = 0
    array[0, 1, 1] = 0
    patch = read(make_raster(array, nodata=0), Window(0, 0, 8, 8), bands=(1, 2, 3))
    assert np.argwhere(~patch.valid).tolist() == [[0, 0]]


@pytest.mark.parametrize("nodata", [-9999, 300, 1e30, np.nan])
def test_nodata_that_the_type_cannot_hold_marks_nothing(
    make_raster, tmp_path: Path, nodata: float
) -> None:
    make_raster(np.zeros((1, 8, 8), np.uint8), "zero.tif")
    vrt = tmp_path / "zero.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Byte" band="1">'
        f"<NoDataValue>{nodata}</NoDataValue><SimpleSource><SourceFilename "
        'relativeToVRT="1">zero.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>'
    )
    assert read(vrt, Window(0, 0, 8, 8)).valid.all()


def test_lowest_float_as_nodata(make_raster) -> None:
    array = np.ones((1, 8, 8), np.float32)
    array[0, 0] = np.finfo(np.float32).min
    path = make_raster(array, nodata=float(np.finfo(np.float32).min))
    assert read(path, Window(0, 0, 8, 8)).valid.sum() == 56


def test_alpha_and_internal_mask(make_raster) -> None:
    rgba = np.full((4, 8, 8), 200, np.uint8)
    rgba[3, 0] = 0
    colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    path = make_raster(rgba, "rgba.tif", colours=colours)
    patch = read(path, Window(0, 0, 8, 8), bands=(1, 2, 3))
    assert patch.valid.sum() == 56 and (patch.pixels[:, 0] == 0).all()
    mask = np.full((8, 8), 255, np.uint8)
    mask[:, 5] = 0
    masked = make_raster(rgba[:3], "masked.tif", mask=mask, nodata=None, photometric="rgb")
    assert read(masked, Window(0, 0, 8, 8), bands=(1, 2, 3)).valid.sum() == 56


def test_alpha_and_nodata_together(make_raster) -> None:
    array = np.full((2, 8, 8), 200, np.uint8)
    array[1, 0], array[0, 4] = 0, 9
    path = make_raster(array, colours=(ColorInterp.gray, ColorInterp.alpha), nodata=9)
    valid = read(path, Window(0, 0, 8, 8)).valid
    assert not valid[0].any() and not valid[4].any() and valid.sum() == 48


def test_nodata_does_not_bleed_into_averages(make_raster) -> None:
    array = np.full((1, 64, 64), 100, np.int16)
    array[0, :, :10] = -9999
    path = make_raster(array, nodata=-9999)
    patch = read(path, Window(0, 0, 64, 64), (16, 16), stretch=Stretch((0,), (100,)))
    assert patch.valid[:, 3:].all() and not patch.valid[:, :2].any()
    assert (patch.pixels[0][patch.valid] == 1).all()


def test_a_hole_of_nodata_keeps_its_size_when_it_is_enlarged(make_raster) -> None:
    array = np.full((1, 16, 16), 100, np.int16)
    array[0, 5:8, 9] = -9999
    path = make_raster(array, nodata=-9999)
    valid = read(path, Window(0, 0, 16, 16), (64, 64)).valid
    assert np.array_equal(valid, np.kron(array[0] > 0, np.ones((4, 4))) > 0)


def test_a_palette_with_a_mask_gives_its_colours_in_any_order(make_raster) -> None:
    mask = np.full((4, 4), 255, np.uint8)
    mask[2] = 0
    colormap = {1: (255, 0, 51, 255)}
    path = make_raster(np.ones((1, 4, 4), np.uint8), colormap=colormap, mask=mask)
    patch = read(path, Window(0, 0, 4, 4), bands=(3, 1))
    np.testing.assert_allclose(patch.pixels[:, 0, 0], [0.2, 1], atol=1e-6)
    assert np.array_equal(patch.valid, mask > 0)


def test_palette_is_expanded(make_raster) -> None:
    array = np.tile(np.array([1, 2, 3, 77], np.uint8), (1, 4, 1))
    colormap = {1: (255, 0, 0, 255), 2: (0, 255, 51, 255), 3: (9, 9, 9, 255)}
    path = make_raster(array, colormap=colormap, nodata=3)
    patch = read(path, Window(0, 0, 4, 4), bands=(1, 2, 3))
    np.testing.assert_allclose(patch.pixels[:, 0, 1], [0, 1, 0.2], atol=1e-6)
    assert patch.valid[0].tolist()[:3] == [True, True, False]


@pytest.mark.parametrize(
    ("kind", "entries"), [("Byte", ""), ("Float32", '<Entry c1="1" c2="2" c3="3"/>')]
)
def test_a_palette_without_colours_is_told(
    make_raster, tmp_path: Path, kind: str, entries: str
) -> None:
    make_raster(np.ones((1, 4, 4), np.uint8))
    table = f"<ColorTable>{entries}</ColorTable>" if entries else ""
    path = tmp_path / "palette.vrt"
    path.write_text(
        f"""<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="{kind}" band="1">
        <ColorInterp>Palette</ColorInterp>{table}<SimpleSource>
        <SourceFilename relativeToVRT="1">image.tif</SourceFilename><SourceBand>1</SourceBand>
        </SimpleSource></VRTRasterBand></VRTDataset>"""
    )
    with pytest.raises(RasterError, match="has no colours for them"):
        RasterReader(path, (1, 2, 3), RGB_IDENTITY)


def test_colours_beyond_what_fits_do_no_harm(make_raster, tmp_path: Path) -> None:
    make_raster(np.ones((1, 4, 4), np.uint8))
    path = tmp_path / "palette.vrt"
    entries = "".join(f'<Entry c1="300" c2="{i % 256}" c3="0"/>' for i in range(300))
    path.write_text(
        f"""<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Byte" band="1">
        <ColorInterp>Palette</ColorInterp><ColorTable>{entries}</ColorTable><SimpleSource>
        <SourceFilename relativeToVRT="1">image.tif</SourceFilename><SourceBand>1</SourceBand>
        </SimpleSource></VRTRasterBand></VRTDataset>"""
    )
    patch = read(path, Window(0, 0, 4, 4), bands=(1, 2, 3))
    np.testing.assert_allclose(patch.pixels[:, 0, 0] * 255, [255, 1, 0], atol=1e-4)


def test_bands_that_do_not_exist(rgb: Path) -> None:
    with pytest.raises(RasterError, match=r"lacks: 4, 9; choose among 1, 2, 3\."):
        RasterReader(rgb, (1, 4, 9), RGB_IDENTITY)


def test_alpha_is_no_band_to_choose(make_raster) -> None:
    array = np.ones((2, 8, 8), np.uint8)
    path = make_raster(array, colours=(ColorInterp.gray, ColorInterp.alpha))
    with pytest.raises(RasterError, match="lacks: 2"):
        RasterReader(path, (2,), IDENTITY)


def test_damaged_blocks_are_named_and_whole_ones_are_read(make_raster) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1, 128, 64), dtype=np.uint8)
    tiles = {"tiled": True, "blockxsize": 64, "blockysize": 64}
    path = make_raster(noise, compress="deflate", **tiles)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 2000])
    assert read(path, Window(0, 0, 64, 64)).valid.all()
    with pytest.raises(RasterError, match=r"column 0, row 64 \(64 x 64 pixels\)") as caught:
        read(path, Window(0, 64, 64, 64))
    assert str(path) in str(caught.value)


def test_a_mosaic_without_its_images(tmp_path: Path) -> None:
    vrt = tmp_path / "mosaic.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Byte" band="1">'
        '<SimpleSource><SourceFilename relativeToVRT="1">gone.tif</SourceFilename></SimpleSource>'
        "</VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(RasterError, match=r"gone\.tif"):
        read(vrt, Window(0, 0, 8, 8))


def test_one_reader_a_thread(rgb: Path) -> None:
    def work(seed: int) -> bool:
        rng = np.random.default_rng(seed)
        with RasterReader(rgb, (1, 2, 3), RGB_IDENTITY) as reader:
            corners = rng.integers(-20, 200, (50, 2))
            patches = [reader.read(Window(int(c), int(r), 32, 32), (32, 32)) for c, r in corners]
        return all(
            np.allclose(patch.pixels[0, :, 0][patch.valid[:, 0]] * 255, rows)
            for patch, (column, row) in zip(patches, corners, strict=True)
            for rows in [np.arange(max(row, 0), min(row + 32, 200))]
            if column >= 0
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))


def test_nothing_is_printed(rgb: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = rgb.read_bytes()
    rgb.write_bytes(content[: len(content) // 2])
    with pytest.raises(RasterError):
        read(rgb, Window(200, 100, 100, 100))
    assert capfd.readouterr() == ("", "")


@given(st.integers(-300, 300), st.integers(1, 300), st.integers(1, 300), st.integers(1, 200))
def test_spans_cover_every_cell_of_the_image_once(
    origin: int, size: int, count: int, limit: int
) -> None:
    parts = spans(origin, size, count, limit)
    cells = [cell for part in parts for cell in range(part.first, part.last)]
    centres = [2 * origin * count + (2 * cell + 1) * size for cell in range(count)]
    assert cells == [j for j, centre in enumerate(centres) if 0 <= centre < 2 * limit * count]
    for part in parts:
        assert 0 <= part.start < part.stop <= limit


def test_validity_by_itself_is_that_of_what_is_read(make_raster, tmp_path: Path) -> None:
    holed = np.ones((1, 8, 8), np.float32)
    holed[0, 2, 3] = np.nan
    indexes = np.ones((1, 8, 8), np.uint8)
    indexes[0, 4, 5] = 2
    plain = make_raster(indexes, "plain.tif")
    palette = tmp_path / "palette.vrt"
    entries = "".join(f'<Entry c1="9" c2="9" c3="9" c4="{alpha}"/>' for alpha in (255, 255, 0))
    palette.write_text(
        f"""<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Byte" band="1">
        <ColorInterp>Palette</ColorInterp><ColorTable>{entries}</ColorTable><SimpleSource>
        <SourceFilename relativeToVRT="1">{plain.name}</SourceFilename><SourceBand>1</SourceBand>
        </SimpleSource></VRTRasterBand></VRTDataset>"""
    )
    for path, bands in (
        (make_raster(holed, "holed.tif"), (1,)),
        (make_raster(indexes, "nodata.tif", nodata=2), (1,)),
        (palette, (1, 2, 3)),
    ):
        window = Window(-2, 1, 9, 12)
        with RasterReader(path, bands, Stretch((0.0,) * len(bands), (9.0,) * len(bands))) as reader:
            own = reader.read(window, (12, 9)).valid
            assert np.array_equal(reader.valid(window), own)
        assert np.count_nonzero(own) == 7 * 7 - 1


def test_where_nothing_can_be_invalid_no_pixel_is_read_to_know_it(rgb: Path) -> None:
    whole = rgb.read_bytes()
    rgb.write_bytes(whole[:1000])  # the header is there, the blocks are not
    window = Window(250, 150, 100, 100)
    with RasterReader(rgb, (1, 2, 3), RGB_IDENTITY) as reader:
        valid = reader.valid(window)
        with pytest.raises(RasterError):
            reader.read(window, (100, 100))
    expected = np.zeros((100, 100), bool)
    expected[:50, :50] = True
    assert np.array_equal(valid, expected)
