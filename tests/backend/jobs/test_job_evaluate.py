# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures equal those counted by hand, and those of the tool that judges results."""

import dataclasses
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from shapely import MultiPolygon, box

from weft.errors import LabelError, RasterError, RequestError
from weft.jobs.evaluate import EvaluateRequest, evaluate
from weft.labels.source import LabelSource
from weft.polygons.formats import FORMATS
from weft.polygons.score import ClassScore
from weft.polygons.write import write_polygons
from weft.progress import Context

SHARED = Path(__file__).parents[4] / "shared"
SCENES = ["buildings_kampala", "buildings_atlanta_16bit", "multiclass_airport_port", "ships_sar"]


def square(column: float, row: float, width: float, height: float):
    return box(500_000 + column, 4e6 - row - height, 500_000 + column + width, 4e6 - row)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., LabelSource]:
    def write(name: str, shapes: list, classes: list | None = None, crs="EPSG:32633", **to):
        fields = {"class": classes} if classes else {}
        frame = gpd.GeoDataFrame(fields, geometry=shapes, crs=crs)
        frame.to_crs(to.get("crs_out", crs)).to_file(tmp_path / name, layer=to.get("layer"))
        return LabelSource(tmp_path / name, to.get("layer"))

    return write


@pytest.fixture
def image(write_raster: Callable[..., Path]) -> Path:
    """40 rows of 50 pixels, of which the last ten columns are nodata."""
    pixels = np.ones((1, 40, 50), np.uint8)
    pixels[:, :, 40:] = 0
    return write_raster("image.tif", pixels, nodata=0)


def test_counted_by_hand(write: Callable, image: Path, context: Context) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10), square(20, 0, 10, 10), square(35, 0, 10, 10)],
                  ["a", "a", "b"])  # fmt: skip
    found = write("f.gpkg", [square(0, 0, 10, 8), square(20, 20, 5, 5), square(35, 0, 10, 10)],
                  ["a", "a", "b"], crs_out="EPSG:4326")  # fmt: skip
    result = evaluate(EvaluateRequest(found, truth, (image,)), context)
    assert result.classes == {
        "a": ClassScore(round(80 / 225, 4), 0.5, 0.5, 0.5, 2, 2),
        "b": ClassScore(1.0, 1.0, 1.0, 1.0, 1, 1),
    }
    assert result.mean_iou == round((round(80 / 225, 4) + 1) / 2, 4)
    assert result.mean_f1 == 0.75


def test_excluded_areas_do_not_count(write: Callable, image: Path, context: Context) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10), square(20, 0, 10, 10)], ["a", "a"])
    found = write("f.gpkg", [square(0, 0, 10, 10)], ["a"])
    trained = write("e.gpkg", [square(15, 0, 20, 20)], layer="areas")
    result = evaluate(EvaluateRequest(found, truth, (image,), trained), context)
    assert result.classes["a"] == ClassScore(1.0, 1.0, 1.0, 1.0, 1, 1)


def test_each_part_of_a_multipolygon_is_an_object(
    write: Callable, image: Path, context: Context
) -> None:
    squares = [square(0, 0, 10, 10), square(20, 0, 10, 10)]
    truth, found = write("t.gpkg", [MultiPolygon(squares)], ["a"]), write("f.gpkg", squares[:1])
    result = evaluate(EvaluateRequest(found, truth, (image,)), context)
    assert result.classes["a"] == ClassScore(0.5, 1.0, 0.5, 0.6667, 2, 1)


def test_an_object_that_ends_where_the_next_image_begins_counts_once(
    write: Callable, write_raster: Callable[..., Path], context: Context
) -> None:
    pixels = np.ones((1, 40, 20), np.uint8)
    beside = [
        write_raster(f"{k}.tif", pixels, transform=Affine(1, 0, 500_000 + 20 * k, 0, -1, 4e6))
        for k in (0, 1)
    ]
    truth = write("t.gpkg", [square(10, 0, 10, 10), square(20, 20, 10, 10)], ["a", "a"])
    result = evaluate(EvaluateRequest(truth, truth, tuple(beside)), context)
    assert result.classes["a"] == ClassScore(1.0, 1.0, 1.0, 1.0, 2, 2)


def test_areas_that_exclude_nothing_are_told(
    write: Callable, image: Path, context: Context, heard
) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10)], ["a"])
    metres_as_degrees = write("e.gpkg", [square(0, 0, 10, 10)], crs="EPSG:4326")
    result = evaluate(EvaluateRequest(truth, truth, (image,), metres_as_degrees), context)
    assert result.mean_iou == 1
    (note,) = heard.notes
    assert note.startswith(f"No area of {metres_as_degrees} lies on the images, so nothing is")


def test_background_in_the_truth_is_no_class(
    write: Callable, image: Path, context: Context
) -> None:
    shapes = [square(0, 0, 10, 10), square(20, 0, 10, 10)]
    truth = write("t.gpkg", shapes, ["a", "background"])
    found = write("f.gpkg", shapes[:1])
    result = evaluate(EvaluateRequest(found, truth, (image,)), context)
    assert list(result.classes) == ["a"] and result.mean_iou == 1


def test_nothing_found_scores_nothing(write: Callable, image: Path, context: Context) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10)], ["a"])
    found = write("f.gpkg", [square(30, 30, 1, 1)], ["other"])
    result = evaluate(EvaluateRequest(found, truth, (image,)), context)
    assert result.classes["a"] == ClassScore(0.0, 0.0, 0.0, 0.0, 1, 0)


def test_empty_results_of_every_format_score_nothing(
    write: Callable, image: Path, context: Context, tmp_path: Path
) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10), square(20, 0, 9, 9)], ["a", "b"])
    empty = gpd.GeoDataFrame({"class": np.array([], object)}, geometry=[], crs="EPSG:32633")
    for suffix in FORMATS:
        write_polygons(empty, tmp_path / f"f{suffix}")
        found = LabelSource(tmp_path / f"f{suffix}")
        assert evaluate(EvaluateRequest(found, truth, (image,)), context).mean_iou == 0.0


def test_result_without_classes_is_the_only_class(
    write: Callable, image: Path, context: Context
) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10)], ["a"])
    found = write("f.gpkg", [square(0, 0, 10, 10)])
    assert evaluate(EvaluateRequest(found, truth, (image,)), context).mean_iou == 1.0
    both = write("t.gpkg", [square(0, 0, 10, 10), square(20, 0, 9, 9)], ["a", "b"])
    with pytest.raises(LabelError, match="has no field 'class' but the truth has 2 classes"):
        evaluate(EvaluateRequest(found, both, (image,)), context)


@pytest.mark.parametrize("kinds", [["a", "b"], ["a", "a"]])
def test_the_class_may_have_another_name_in_the_truth(
    write: Callable, image: Path, context: Context, kinds: list[str]
) -> None:
    shapes = [square(0, 0, 10, 10), square(20, 0, 10, 10)]
    found = write("f.gpkg", [*shapes, square(0, 20, 10, 10)], [*kinds, "other"])
    truth = write("t.gpkg", shapes, kinds)
    gpd.read_file(truth.path).rename(columns={"class": "kind"}).to_file(truth.path)
    request = EvaluateRequest(found, truth, (image,), class_field="kind")
    assert evaluate(request, context).mean_f1 == 1.0


def test_mistakes_are_told(write: Callable, image: Path, context: Context, tmp_path: Path) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10)], ["a"])
    with pytest.raises(RequestError, match="no image"):
        evaluate(EvaluateRequest(truth, truth, ()), context)
    with pytest.raises(RasterError, match="does not exist"):
        evaluate(EvaluateRequest(truth, truth, (tmp_path / "none.tif",)), context)
    with pytest.raises(LabelError, match="does not exist"):
        evaluate(EvaluateRequest(LabelSource(tmp_path / "none.gpkg"), truth, (image,)), context)
    with pytest.raises(LabelError, match="no field 'kind'"):
        evaluate(EvaluateRequest(truth, truth, (image,), None, "kind"), context)


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    """The tool that judges results, loaded from the shared folder."""
    path = SHARED / "tools" / "score.py"
    if not path.exists() or not (SHARED / "data" / "scenes").exists():
        pytest.skip("the shared folder with scenes and score.py is not here")
    specification = importlib.util.spec_from_file_location("judge", path)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore:GeoSeries.notna")
@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("seed", [None, 0])
def test_agrees_with_the_judge(
    judge: ModuleType, name: str, seed: int | None, tmp_path: Path, context: Context
) -> None:
    scene = SHARED / "data" / "scenes" / name
    found = _shaken(gpd.read_file(scene / "truth.gpkg", layer="labels"))
    found.to_file(tmp_path / "found.gpkg")
    result = evaluate(
        EvaluateRequest(
            LabelSource(tmp_path / "found.gpkg"),
            LabelSource(scene / "truth.gpkg", "labels"),
            tuple(sorted((scene / "images").glob("*.tif"))),
            None if seed is None else LabelSource(scene / f"train_seed{seed}.gpkg", "areas"),
        ),
        context,
    )
    ours = {name: dataclasses.asdict(score) for name, score in result.classes.items()}
    ours |= {"mean_iou": result.mean_iou, "mean_f1": result.mean_f1}
    assert ours == judge.score(scene, tmp_path / "found.gpkg", seed)


def _shaken(truth: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Truth with some objects lost and the others shifted, grown and shrunk."""
    random = np.random.default_rng(0)
    size = float(np.sqrt(truth.area.median()))
    moved = truth.geometry.translate(0.1 * size, 0)
    grown = moved.buffer(random.uniform(-0.15, 0.2, len(truth)) * size)
    return truth.set_geometry(grown)[random.random(len(truth)) < 0.85]


def test_the_only_class_may_have_another_name_in_the_result(
    write: Callable, image: Path, context: Context
) -> None:
    truth = write("t.gpkg", [square(0, 0, 10, 10)], ["Haus"])
    found = write("f.gpkg", [square(0, 0, 10, 10)], ["building"])
    renamed = gpd.read_file(truth.path).rename(columns={"class": "kind"})
    renamed.to_file(truth.path, layer="kinds")
    source = LabelSource(truth.path, "kinds")
    result = evaluate(EvaluateRequest(found, source, (image,), class_field="kind"), context)
    assert result.classes["Haus"] == ClassScore(1.0, 1.0, 1.0, 1.0, 1, 1)
