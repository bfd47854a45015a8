# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that cannot be used end in one sentence, and nothing is written."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from cli_scene import LEFT, SIDE, TOP, Outcome, Scene, draw, shown, write_image
from rasterio.transform import Affine

Refused = Callable[..., str]
ROBUSTNESS = Path(__file__).resolve().parents[4] / "shared" / "data" / "robustness"


@pytest.fixture
def predict(refused: Refused, scene: Scene, model: Path, tmp_path: Path) -> Callable[..., str]:
    """Predicts images into a folder that must not come to be, and gives the sentence."""

    def run(*images: object) -> str:
        out = tmp_path / "deep" / "out"
        options = ("--backbone-weights", scene.weights, "--device", "cpu")
        return refused("predict", model, *images, "--out", out, *options, untouched=tmp_path)

    return run


@pytest.fixture
def train(refused: Refused, scene: Scene, tmp_path: Path) -> Callable[..., str]:
    """Trains on images, which must be refused, and gives the sentence."""

    def run(*images: object, **options: object) -> str:
        given = [part for key, value in options.items() for part in (f"--{key}", value)]
        out = tmp_path / "new.weft"
        return refused("train", *images, *scene.options, *given, "--out", out, untouched=tmp_path)

    return run


def test_absent(predict: Refused, train: Refused, tmp_path: Path) -> None:
    path = tmp_path / "absent.tif"
    for sentence in (predict(path), train(path)):
        assert sentence == f"{path} does not exist; check the path."


def test_a_path_that_the_system_keeps_out_of_reach(predict: Refused, tmp_path: Path) -> None:
    path = tmp_path / f"{'long' * 100}.tif"
    assert predict(path) == (
        f"{path} cannot be reached (File name too long); check the path and whether you may open "
        "it."
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is text")
def test_a_name_that_is_no_text(predict: Refused, scene: Scene, tmp_path: Path) -> None:
    """As of a file out of an archive that was packed on an old Windows."""
    path = tmp_path / os.fsdecode(b"d\xf6rfer.tif")
    shutil.copy(scene.image, path)
    sentence = predict(path)
    assert sentence == f"{str(path)!r} has letters that are no Unicode; rename the file or folder."


def test_no_raster(predict: Refused, train: Refused, tmp_path: Path) -> None:
    path = tmp_path / "notes.tif"
    path.write_text("These are no pixels. " * 50)
    for sentence in (predict(path), train(path)):
        assert sentence.startswith(f"{path} cannot be opened as a raster")
        assert "check that it is a complete image file" in sentence


def test_empty_file_and_folder(predict: Refused, tmp_path: Path) -> None:
    path = tmp_path / "empty.tif"
    path.touch()
    assert predict(path) == f"{path} is an empty file; copy or export it again."
    assert predict(tmp_path).startswith(f"{tmp_path} cannot be opened as a raster")


def test_a_vector_file(predict: Refused, scene: Scene) -> None:
    assert str(scene.train) in predict(scene.train)


def test_truncated(predict: Refused, train: Refused, scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    profile = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    write_image(path, draw(3), photometric="rgb", **profile)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for sentence in (predict(path), train(path)):
        assert sentence.startswith(f"{path} is damaged or incomplete: the window at column")
        assert sentence.endswith("copy or export it again.")


def test_a_damaged_block_leaves_earlier_results_as_they_were(
    weft: Callable[..., Outcome], scene: Scene, model: Path, tmp_path: Path
) -> None:
    options = ("--out", tmp_path / "out", "--backbone-weights", scene.weights, "--tile", 128)
    path = tmp_path / "town.tif"
    profile = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    write_image(path, draw(3), photometric="rgb", **profile)
    assert weft("predict", model, path, *options).status == 0
    before = shown(tmp_path / "out")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(content)
    outcome = weft("predict", model, path, *options)
    assert outcome.status == 2, outcome
    assert "the window at column" in outcome.err
    assert shown(tmp_path / "out") == before


def test_one_damaged_image_of_two_keeps_the_other(
    weft: Callable[..., Outcome], scene: Scene, model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.tif"
    write_image(path, draw(3), photometric="rgb")
    path.write_bytes(path.read_bytes()[:100_000])
    outcome = weft(
        *("predict", model, scene.image, path, "--out", tmp_path / "out"),
        *("--backbone-weights", scene.weights),
    )
    assert outcome.status == 2
    assert sorted(shown(tmp_path / "out")) == ["town_class.tif", "town_prob.tif"]


def test_fewer_bands_than_the_model_needs(predict: Refused, train: Refused, tmp_path: Path) -> None:
    path = write_image(tmp_path / "grey.tif", draw(1))
    assert predict(path) == (
        f"{path} has only band 1, but the model needs band 2; give an image like those it was "
        "trained on."
    )
    assert train(path, bands="2") == (
        f"{path} has no band 2 but only band 1; choose others with --bands."
    )


def test_images_of_one_training_with_other_bands(
    train: Refused, scene: Scene, tmp_path: Path
) -> None:
    path = write_image(tmp_path / "grey.tif", draw(1))
    assert f"{path} has no band 2" in train(scene.image, path)


def test_many_bands_are_not_listed_one_by_one(train: Refused, tmp_path: Path) -> None:
    path = write_image(tmp_path / "hyper.tif", draw(40))
    assert "has no band 41 but 40 bands up to 40;" in train(path, bands="1,41")


def test_a_resolution_far_from_the_models(predict: Refused, train: Refused, tmp_path: Path) -> None:
    path = write_image(tmp_path / "coarse.tif", draw(3), gsd=30)
    assert predict(path).startswith(
        f"{path} has pixels of 30 m, but the model was trained on 0.5 m, more than 8 times apart;"
    )
    fine = write_image(tmp_path / "fine.tif", draw(3), gsd=0.01)
    assert "more than 8 times apart; resample the image" in predict(fine)
    assert "choose another --gsd" in train(path, gsd="0.5")


def test_an_image_without_crs_cannot_take_labels_with_one(train: Refused, tmp_path: Path) -> None:
    path = write_image(tmp_path / "lost.tif", draw(3), crs=None)
    assert train(path) == (
        "There is no CRS for the image, but there is one for the labels; write the right CRS into "
        "the file of the image, in QGIS by 'Assign projection'."
    )


def test_run_needs_a_crs_before_it_trains(refused: Refused, scene: Scene, tmp_path: Path) -> None:
    path = write_image(tmp_path / "lost.tif", draw(3), crs=None)
    out = tmp_path / "result.gpkg"
    sentence = refused("run", path, *scene.options, "--out", out, untouched=tmp_path)
    assert sentence.startswith(f"{path} has no CRS, so polygons of it would have no place;")


def test_run_needs_a_place_on_earth_before_it_trains(
    refused: Refused, scene: Scene, tmp_path: Path
) -> None:
    path = write_image(tmp_path / "lost.tif", draw(3), crs="EPSG:4326")
    out = tmp_path / "result.gpkg"
    sentence = refused("run", path, *scene.options, "--out", out, untouched=tmp_path)
    assert sentence.startswith(f"{path} lies outside the world of its CRS,")


def test_vectorise_needs_a_crs(refused: Refused, tmp_path: Path) -> None:
    pixels = (draw(1) > 100).astype(np.uint8)
    path = write_image(tmp_path / "class.tif", pixels, crs=None)
    sentence = refused("vectorise", path, "--out", tmp_path / "x.gpkg", untouched=tmp_path)
    assert sentence.startswith(f"{path} has no CRS, so areas in m² cannot be computed")


def test_nothing_but_nodata(train: Refused, tmp_path: Path) -> None:
    path = write_image(tmp_path / "void.tif", np.zeros((3, SIDE, SIDE), np.uint8), nodata=0)
    assert train(path).startswith(f"{path} has no valid pixels to fit a stretch to;")


def test_labels_on_nodata_alone(train: Refused, scene: Scene, tmp_path: Path) -> None:
    pixels = np.zeros((3, 2 * SIDE, SIDE), np.uint8)
    pixels[:, SIDE:] = 90
    pixels[:, SIDE + 10 :, 20:] = 120
    path = write_image(tmp_path / "half.tif", pixels, nodata=0)
    assert train(path) == (
        f"No label of {scene.labels} covers a valid pixel inside the areas; check that labels and "
        "areas lie where the image has data."
    )


def test_images_of_one_name(predict: Refused, scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("town.tif", "Town.tif"):
        other = write_image(tmp_path / "b" / name, draw(3))
        sentence = predict(scene.image, other)
        assert sentence.startswith("2 images are called town, and their results would overwrite")


def test_a_result_that_would_overwrite_an_image(
    refused: Refused, scene: Scene, model: Path, tmp_path: Path
) -> None:
    one = write_image(tmp_path / "a.tif", draw(3))
    two = write_image(tmp_path / "a_prob.tif", draw(3))
    options = ("--out", tmp_path, "--backbone-weights", scene.weights)
    sentence = refused("predict", model, one, two, *options, untouched=tmp_path)
    assert sentence.startswith(f"{two} is also an input, and the result would overwrite it;")


def test_complex_numbers_and_pixels_without_area(predict: Refused, tmp_path: Path) -> None:
    path = write_image(tmp_path / "radar.tif", draw(1, "complex64"))
    assert "holds complex numbers" in predict(path)
    flat = tmp_path / "flat.tif"
    write_image(flat, draw(3), transform=Affine(0.5, 0.5, LEFT, 0.5, 0.5, TOP))
    assert "has a damaged georeference" in predict(flat)


def test_a_header_with_65535_bands(predict: Refused, train: Refused, tmp_path: Path) -> None:
    path = tmp_path / "bands.tif"
    write_header(path, bands=65535)
    for sentence in (predict(path), train(path)):
        assert str(path) in sentence and sentence.endswith(".")


def write_header(path: Path, bands: int) -> None:
    """A VRT of 65535 bands that all refer to nothing."""
    entries = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}"/>' for band in range(1, bands + 1)
    )
    path.write_text(f'<VRTDataset rasterXSize="8" rasterYSize="8">{entries}</VRTDataset>')
    with rasterio.open(path) as dataset:
        assert dataset.count == bands
