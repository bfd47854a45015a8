# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels that cannot be learnt from end in one sentence, and nothing is written."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from cli_scene import (
    AREAS,
    BACKBONE,
    SIDE,
    Outcome,
    Scene,
    boxes,
    draw,
    roof_boxes,
    write_image,
    write_layer,
)
from shapely import Polygon
from shapely.affinity import translate

from weft.bundle import read_bundle

Refused = Callable[..., str]


@pytest.fixture
def train(refused: Refused, scene: Scene, tmp_path: Path) -> Callable[..., str]:
    """Trains with labels and areas, which must be refused, and gives the sentence."""

    def run(labels: object, areas: object = None, *more: object) -> str:
        options = ["--labels", labels, *([] if areas is None else ["--areas", areas]), *more]
        out = tmp_path / "new.weft"
        return refused("train", scene.image, *options, "--out", out, untouched=tmp_path)

    return run


def test_absent(train: Refused, scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "absent.gpkg"
    expected = f"{path} does not exist; check the path of the vector file."
    assert train(path) == expected
    assert train(scene.labels, f"{path}|layername=areas") == expected


def test_no_vector_file(train: Refused, tmp_path: Path) -> None:
    path = tmp_path / "labels.gpkg"
    path.write_text("nothing of the kind")
    assert train(path).startswith(f"{path} cannot be read as a vector file; give a GeoPackage")


def test_layer_absent_or_not_named(train: Refused, scene: Scene) -> None:
    assert train(f"{scene.train}|layername=roofs") == (
        f"{scene.train} has no layer 'roofs'; its layers are: labels, areas."
    )
    assert train(scene.train).startswith(
        f"{scene.train} holds several layers (labels, areas); name one, as in"
    )


@pytest.mark.parametrize("part", ["layerid=0", "subset=class = 'roof'", "layername="])
def test_sources_that_would_mean_something_else(train: Refused, scene: Scene, part: str) -> None:
    sentence = train(f"{scene.train}|{part}")
    assert f"'|{part}', which is not supported; write the source as" in sentence
    assert sentence.endswith("see weft train --help.")


def test_class_field_absent(train: Refused, scene: Scene) -> None:
    assert train(scene.labels, scene.areas, "--class-field", "kind") == (
        f"{scene.labels} has no field 'kind'; its fields are: class; name the one that holds the "
        "class."
    )


def test_labels_or_areas_outside_the_image(train: Refused, scene: Scene, tmp_path: Path) -> None:
    far = [translate(shape, 10_000) for shape in roof_boxes()]
    labels = write_layer(tmp_path / "far.gpkg", "labels", far, **{"class": "roof"})
    assert train(labels, scene.areas) == (
        f"No label of {labels} lies on the images; check the CRS of both, or give the images that "
        "were labelled."
    )
    areas = write_layer(tmp_path / "areas.gpkg", "a", far)
    assert train(scene.labels, areas).startswith("No area lies on the images; check the CRS")


def test_one_class_and_no_background(train: Refused, scene: Scene) -> None:
    assert train(scene.labels).startswith(
        f"{scene.labels} has labels of one class only ('roof') and nothing says what is not that "
        "class; give areas that are labelled completely"
    )


def test_background_alone(train: Refused, scene: Scene, tmp_path: Path) -> None:
    labels = write_layer(tmp_path / "b.gpkg", "b", roof_boxes(), **{"class": "background"})
    assert "labels nothing but background" in train(labels, scene.areas)


def test_areas_without_background(refused: Refused, scene: Scene, tmp_path: Path) -> None:
    areas = write_layer(tmp_path / "areas.gpkg", "a", roof_boxes())
    options = ("--backbone", BACKBONE, "--backbone-weights", scene.weights)
    sentence = refused(
        *("train", scene.image, "--labels", scene.labels, "--areas", areas, *options),
        *("--out", tmp_path / "new.weft"),
        untouched=tmp_path,
    )
    assert sentence == (
        "Nothing in the areas is background; leave some unlabelled ground inside an area."
    )


@pytest.mark.parametrize(
    ("upper", "lower", "told"),
    [
        ("roof", "background", "No background of {} covers a valid pixel; label some where"),
        ("background", "roof", "No label of {} covers a valid pixel; check that they lie where"),
    ],
)
def test_labels_on_nodata_are_told_without_areas_where_there_are_none(
    refused: Refused, scene: Scene, tmp_path: Path, upper: str, lower: str, told: str
) -> None:
    pixels = np.zeros((3, 2 * SIDE, SIDE), np.uint8)
    pixels[:, :SIDE] = draw(3)
    image = write_image(tmp_path / "half.tif", pixels, nodata=0)
    shapes = [*roof_boxes(), *boxes([(20, SIDE + 20, 60, SIDE + 60)])]
    kinds = [*[upper] * (len(shapes) - 1), lower]
    frame = gpd.GeoDataFrame({"class": kinds}, geometry=shapes, crs="EPSG:32633")
    labels = tmp_path / "labels.gpkg"
    frame.to_file(labels)
    options = ("--backbone", BACKBONE, "--backbone-weights", scene.weights)
    sentence = refused(
        *("train", image, "--labels", labels, *options, "--out", tmp_path / "new.weft")
    )
    assert sentence.startswith(told.format(labels))


def test_nothing_but_empty_geometries(train: Refused, scene: Scene, tmp_path: Path) -> None:
    labels = write_layer(tmp_path / "e.gpkg", "e", [None, Polygon()], **{"class": "roof"})
    assert train(labels, scene.areas) == (
        f"{labels} has no label with a geometry and a class; draw labels and save the layer."
    )


def test_areas_that_are_no_polygons(train: Refused, scene: Scene, tmp_path: Path) -> None:
    points = [shape.centroid for shape in roof_boxes()]
    areas = write_layer(tmp_path / "p.gpkg", "p", points)
    assert f"{areas} has no polygons to use as areas" in train(scene.labels, areas)


def test_labels_without_crs(train: Refused, scene: Scene, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"class": ["roof"] * 8}, geometry=roof_boxes())
    path = tmp_path / "lost.gpkg"
    frame.to_file(path, layer="labels")
    sentence = train(path, scene.areas)
    assert "write the right CRS into the file of the labels" in sentence


def test_some_empty_geometries_are_skipped_and_counted(
    weft: Callable[..., Outcome], scene: Scene, tmp_path: Path
) -> None:
    shapes = [*roof_boxes(), None, Polygon()]
    labels = write_layer(tmp_path / "labels.gpkg", "labels", shapes, **{"class": "roof"})
    areas = write_layer(tmp_path / "areas.gpkg", "a", boxes(AREAS[:1]))
    out = tmp_path / "new.weft"
    options = [*scene.options, "--labels", labels, "--areas", areas, "--steps", "1"]
    outcome = weft("train", scene.image, *options, "--out", out)
    assert outcome.status == 0, outcome
    assert "Labels that had no usable geometry or no class and were skipped: 2." in outcome.err
    assert "There are too few areas to measure; label at least three, each class" in outcome.err
    assert "1 steps in" in outcome.out and "; not measured." in outcome.out


def test_labels_and_areas_beyond_the_poles_cost_no_training(
    weft: Callable[..., Outcome], scene: Scene, tmp_path: Path
) -> None:
    """As a label that was drawn in metres into a layer in degrees."""
    path = tmp_path / "degrees.gpkg"
    for layer in ("labels", "areas"):
        drawn = gpd.read_file(scene.train, layer=layer)
        metres = drawn.iloc[:1].set_crs("EPSG:4326", allow_override=True)
        gpd.pd.concat([drawn.to_crs("EPSG:4326"), metres]).to_file(path, layer=layer)
    out = tmp_path / "new.weft"
    options = [*scene.options, "--labels", f"{path}|layername=labels"]
    options += ["--areas", f"{path}|layername=areas"]
    outcome = weft("train", scene.image, *options, "--out", out)
    assert outcome.status == 0, outcome
    assert "Labels that lie outside the images and are not used: 1." in outcome.err
    assert read_bundle(out)[0].training.small_object_m2 == pytest.approx(324, rel=0.01)
