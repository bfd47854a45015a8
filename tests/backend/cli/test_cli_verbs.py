# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb does what it says, on a small scene and a tiny backbone."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import onnx
import pytest
import rasterio
import shapely
from cli_scene import Outcome, Scene, contents, draw, run_process, write_image

import weft as package
from weft.bundle import read_bundle
from weft.cli.parser import VERBS, Parser
from weft.device import Device
from weft.errors import Cancelled
from weft.jobs.predict import predict
from weft.jobs.predict_request import PredictRequest
from weft.jobs.validate import ClassFigures, ValidateResult
from weft.progress import Context, Progress

Weft = Callable[..., Outcome]


def test_a_trained_model_finds_the_roofs(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "rasters"
    options = ("--backbone-weights", scene.weights, "--device", "cpu")
    predicted = weft("predict", model, scene.image, "--out", out, *options)
    assert predicted.status == 0, predicted
    assert sorted(file.name for file in out.iterdir()) == ["town_class.tif", "town_prob.tif"]

    polygons = tmp_path / "roofs.gpkg"
    outlines = weft("vectorise", out / "town_class.tif", "--out", polygons, "--min-area", 20)
    assert outlines.status == 0, outlines
    assert "roof" in outlines.out
    frame = gpd.read_file(polygons)
    assert set(frame["class"]) == {"roof"} and set(frame["source"]) == {"town.tif"}
    assert frame["model"].str.startswith("roofs-").all()

    scored = weft("evaluate", polygons, "--truth", scene.labels, "--images", scene.image, "--json")
    assert scored.status == 0, scored
    assert json.loads(scored.out)["mean_iou"] > 0.6


def test_an_image_in_an_archive_is_predicted_like_the_file(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        archive.write(scene.image, scene.image.name)
    found = []
    for image in (scene.image, f"/vsizip/{tmp_path / 'images.zip'}/{scene.image.name}"):
        out = tmp_path / f"out-{len(found)}"
        told = weft("predict", model, image, "--out", out, "--backbone-weights", scene.weights)
        assert told.status == 0, told
        with rasterio.open(out / "town_prob.tif") as raster:
            found.append(raster.read())
    assert np.array_equal(*found)


def test_the_rasters_lie_on_the_grid_of_the_image(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    weft("predict", model, scene.image, "--out", tmp_path, "--backbone-weights", scene.weights)
    with rasterio.open(scene.image) as image:
        for kind, bands in (("prob", 2), ("class", 1)):
            with rasterio.open(tmp_path / f"town_{kind}.tif") as raster:
                assert (raster.crs, raster.transform) == (image.crs, image.transform)
                assert raster.shape == image.shape
                assert (raster.dtypes, raster.nodata) == (("uint8",) * bands, 255)
                assert raster.compression is rasterio.enums.Compression.deflate
                assert raster.tags()["WEFT_SOURCE"] == "town.tif"


def test_onnx_predicts_as_torch_does(weft: Weft, scene: Scene, model: Path, tmp_path: Path) -> None:
    for engine in ("torch", "onnx"):
        outcome = weft(
            *("predict", model, scene.image, "--out", tmp_path / engine, "--engine", engine),
            *("--backbone-weights", scene.weights, "--device", "cpu", "--tile", 128),
        )
        assert outcome.status == 0, outcome
    levels = []
    for engine in ("torch", "onnx"):
        with rasterio.open(tmp_path / engine / "town_prob.tif") as raster:
            levels.append(raster.read(1).astype(int))
    # torch may compute in bfloat16, which has three significant digits
    assert np.abs(levels[0] - levels[1]).max() <= 12


@pytest.mark.parametrize(
    "choice", ["est:width=4", "lora:rank=2", "full", "full:group=norms", "linear"]
)
def test_every_method_learns_predicts_and_goes_on(
    weft: Weft, scene: Scene, tmp_path: Path, choice: str
) -> None:
    first, second = tmp_path / "first.weft", tmp_path / "second.weft"
    options = ("--steps", 4, "--adapter", choice)
    outcome = weft("train", scene.image, *scene.options, *options, "--out", first)
    assert outcome.status == 0, outcome
    card, _ = read_bundle(first)
    assert (card.adapter, card.training.schedule) == (choice, "constant")
    unsaid = [each for each in scene.options if each not in ("--adapter", "linear")]
    more = ("--steps", 2, "--start", first)
    outcome = weft("train", scene.image, *unsaid, *more, "--out", second)
    assert outcome.status == 0 and "afresh" not in outcome.err, outcome
    assert read_bundle(second)[0].adapter == choice
    options = ("--backbone-weights", scene.weights, "--out", tmp_path)
    outcome = weft("predict", second, scene.image, *options)
    assert outcome.status == 0, outcome


@pytest.mark.parametrize(("free", "adapter"), [(1 << 30, "est"), (8 << 30, "weft")])
def test_the_default_method_suits_the_free_memory(
    weft: Weft,
    scene: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    adapter: str,
) -> None:
    monkeypatch.setattr(Device, "free_bytes", lambda device: free)
    out = tmp_path / "model.weft"
    unsaid = [each for each in scene.options if each not in ("--adapter", "linear")]
    outcome = weft("train", scene.image, *unsaid, "--out", out)
    assert outcome.status == 0, outcome
    assert read_bundle(out)[0].adapter == adapter
    assert ("Little memory is free" in outcome.err) == (adapter == "est")


def test_the_backbone_learns_now_and_then(weft: Weft, scene: Scene, tmp_path: Path) -> None:
    out = tmp_path / "a.weft"
    options = ("--steps", 6, "--adapter", "full", "--schedule", "dbf:rho=2")
    outcome = weft("train", scene.image, *scene.options, *options, "--out", out)
    assert outcome.status == 0, outcome
    assert read_bundle(out)[0].training.schedule == "dbf:rho=2"


def test_validate_tells_how_good_models_of_the_labels_are(weft: Weft, scene: Scene) -> None:
    told = weft("validate", scene.image, *scene.options)
    assert told.status == 0, told
    assert "Measured on 3 of 3 areas, each by a model that had not learned from it" in told.out
    known = json.loads(weft("validate", scene.image, *scene.options, "--json").out)
    (roof,) = known["classes"]
    assert roof["name"] == "roof" and roof["objects_true"] == 8
    for figure in (roof["iou"], roof["f1"]):
        assert figure["low"] <= figure["value"] <= figure["high"]
        assert f"{figure['value']:.2f}" in told.out
    assert "Where models and labels differ most:" in told.out
    for area in known["by_area"]:
        centre = shapely.from_wkt(area["wkt"]).centroid
        assert f"{centre.x:.1f}, {centre.y:.1f}" in told.out


def test_measuring_that_was_stopped_is_not_taken_for_too_few_areas(
    weft: Weft, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    roofs = ClassFigures("roof", 1, None, None, 1, 1, 1)
    stopped = ValidateResult((roofs,), 4, 1, 1, True, None, ())
    monkeypatch.setattr("weft.jobs.validate.validate", lambda request, context: stopped)
    told = weft("validate", scene.image, *scene.options)
    assert "learned from it; 1 training." in told.out
    assert "Stopped early" in told.err and "too few areas" not in told.err


def test_plan_tells_what_a_prediction_takes(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    options = ["--backbone-weights", scene.weights, "--tile", 64, "--overlap", 0, "--device", "cpu"]
    told = weft("plan", model, scene.image, *options)
    assert told.status == 0, told
    # half an overlap lies outside the image on each side; here there is none
    assert re.fullmatch(
        r"0\.1 megapixels in 1 image, 16 tiles: about \d+ s with torch( in bfloat16)? on CPU, "
        r"\d+ threads?, each tile 8 ways\. "
        r"It takes [\d.]+ [MG]B of memory and at most [\d.]+ kB of disk\.\n",
        told.out,
    )
    facts = json.loads(weft("plan", model, scene.image, *options, "--json").out)
    assert facts["tiles"] == 16
    # one class: rows of two bands, drafts of three with overviews, and two in their last order
    assert facts["disk_bytes"] == int(256 * 256 * (2 + (3 + 2) * 4 / 3))
    assert contents(tmp_path) == {}


def test_plan_tells_what_is_left_of_a_prediction(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    out, heard = tmp_path / "out", list[Progress]()
    options = {"device": "cpu", "backbone_weights": str(scene.weights)}
    request = PredictRequest(model, (scene.image,), out, tile=64, overlap=0, **options)
    patience = Context(tmp_path, heard.append, lambda note: None, lambda: len(heard) > 9)
    with pytest.raises(Cancelled):
        predict(request, patience)
    named = ["--backbone-weights", scene.weights, "--tile", 64, "--overlap", 0, "--device", "cpu"]
    told = weft("plan", model, scene.image, *named, "--out", out)
    # two rows of four are there, and the second is needed again for the third
    assert "16 tiles, 12 of them left: about" in told.out, told
    assert json.loads(weft("plan", model, scene.image, *named, "--json").out)["tiles_left"] == 16


def test_export_writes_a_file_that_describes_itself(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "roofs.onnx"
    options = ("--tile", 64, "--backbone-weights", scene.weights)
    outcome = weft("export", model, "--onnx", file, *options)
    assert outcome.status == 0, outcome
    stored = {entry.key: json.loads(entry.value) for entry in onnx.load(file).metadata_props}
    assert stored["classes"] == ["background", "roof"]
    assert list(contents(tmp_path)) == ["roofs.onnx"]


def test_run_does_it_all_for_several_images(weft: Weft, scene: Scene, tmp_path: Path) -> None:
    other = write_image(tmp_path / "other.tif", draw(3), photometric="rgb")
    out = tmp_path / "result.gpkg"
    outcome = weft("run", scene.image, other, *scene.options, "--out", out, "--min-area", 20)
    assert outcome.status == 0, outcome
    # two roofs of the area, seen in either image
    assert re.search(
        r"held-out area: \d of 4 roof found, \d+ false \(F1 \d\.\d\d to \d\.\d\d", outcome.out
    )
    rasters = [f"{name}_{kind}.tif" for name in ("other", "town") for kind in ("class", "prob")]
    kept = [f"result_weft/{name}" for name in ("result.weft", *rasters)]
    expected = ["other.tif", "result.gpkg", "result_weft", *kept]
    assert sorted(contents(tmp_path)) == sorted(expected)
    assert set(gpd.read_file(out)["source"]) <= {"town.tif", "other.tif"}


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".fgb"])
def test_polygons_come_in_the_format_of_the_extension(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path, suffix: str
) -> None:
    weft("predict", model, scene.image, "--out", tmp_path, "--backbone-weights", scene.weights)
    out = tmp_path / f"roofs{suffix}"
    assert weft("vectorise", tmp_path / "town_prob.tif", "--out", out).status == 0
    assert set(gpd.read_file(out)["class"]) == {"roof"}


def test_the_same_seed_and_steps_give_the_same_model(
    weft: Weft, scene: Scene, tmp_path: Path
) -> None:
    rasters = []
    for name in ("one", "two"):
        model = tmp_path / f"{name}.weft"
        weft("train", scene.image, *scene.options, "--seed", 3, "--out", model)
        weft(
            *("predict", model, scene.image, "--out", tmp_path / name),
            *("--backbone-weights", scene.weights),
        )
        with rasterio.open(tmp_path / name / "town_prob.tif") as raster:
            rasters.append(raster.read())
    assert (rasters[0] == rasters[1]).all()


def test_sample_then_info(weft: Weft, tmp_path: Path) -> None:
    outcome = weft("sample", tmp_path / "demo", "--seed", 7)
    assert outcome.status == 0, outcome
    assert (tmp_path / "demo" / "train.gpkg").is_file()
    facts = json.loads(weft("info", "--json").out)
    assert facts["weft"] == package.__version__
    assert facts["device"]["proof"].endswith("GFLOP/s")
    assert facts["adapters"].keys() == facts["sources"].keys()
    assert {"weft", "est", "lora", "linear", "full"} <= facts["adapters"].keys()
    assert "rank=16" in facts["adapter options"]["lora"]
    assert "2407.15143" in facts["schedules"]["dbf"]
    assert facts["defaults"]["adapter"] in ("weft", "est")
    assert "GFLOP/s" in weft("info").out


def test_a_pipe_that_lacks_letters_does_not_undo_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as on Windows, where the output goes to a file or to another program
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    outcome = run_process("sample", tmp_path / "Łódź")
    assert outcome.status == 0, outcome.err
    assert "??d? holds 2 images" in outcome.out


def test_help_and_version_need_no_torch() -> None:
    code = (
        "import sys; from weft.cli.main import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit as exit: assert not exit.code\n"
        "assert not {'torch', 'rasterio', 'geopandas'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--backbone-weights" in done.stdout
    assert run_process("--version").out.strip() == f"weft {package.__version__}"


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_words_on_every_option(verb: str) -> None:
    parser = Parser()
    VERBS[verb][1](parser)
    options = [action for action in parser._actions if action.option_strings]
    assert not [action.dest for action in options if not action.help]


def test_new_files_can_be_read_by_others_as_the_umask_says(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    weft("predict", model, scene.image, "--out", tmp_path, "--backbone-weights", scene.weights)
    weft("vectorise", tmp_path / "town_class.tif", "--out", tmp_path / "roofs.gpkg")
    options = ("--tile", 64, "--backbone-weights", scene.weights)
    weft("export", model, "--onnx", tmp_path / "roofs.onnx", *options)
    files = [model, *tmp_path.iterdir()]
    assert len(files) == 5
    assert {file.stat().st_mode & 0o777 for file in files} == {0o666 & ~current_umask()}


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("name", ["[red]x[/red]", ":house:", "Ünï cödé", "a b's"])
def test_file_names_are_shown_as_they_are(weft: Weft, tmp_path: Path, name: str) -> None:
    outcome = weft("predict", tmp_path / f"{name}.weft", "x.tif", "--out", tmp_path)
    assert (
        outcome.err == f"weft: The model {tmp_path}/{name}.weft does not exist; check the path.\n"
    )
