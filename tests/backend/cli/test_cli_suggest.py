# SPDX-License-Identifier: GPL-3.0-or-later
"""`weft suggest` finds windows that are worth labelling, and says why."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from cli_scene import GSD, LEFT, SIDE, Outcome, Scene, boxes, draw, write_image

Weft = Callable[..., Outcome]
STRANGE = (2 * SIDE, SIDE)


@pytest.fixture(scope="session")
def wide(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scene with plain ground around it, and stripes in one place."""
    pixels = draw(3, side=3 * SIDE)
    column, row = STRANGE
    pixels[:, row : row + SIDE : 8, column : column + SIDE] = 255
    return write_image(tmp_path_factory.mktemp("wide") / "wide.tif", pixels, photometric="rgb")


def window_of(column: int, row: int) -> shapely.Polygon:
    return boxes([(column, row, column + SIDE, row + SIDE)])[0]


def test_windows_are_ranked_with_reasons_and_what_is_labelled_is_none_of_them(
    weft: Weft, scene: Scene, model: Path, wide: Path, tmp_path: Path
) -> None:
    out = tmp_path / "next.gpkg"
    options = ("--backbone-weights", scene.weights, "--device", "cpu", "--count", 99)
    outcome = weft("suggest", model, wide, "--out", out, *options)
    assert outcome.status == 0, outcome
    frame = gpd.read_file(out)
    assert frame["rank"].tolist() == list(range(1, 9))
    assert frame["score"].iloc[0] == frame["score"].max() <= 1
    assert frame["reason"].str.len().min() > 10 and set(frame["source"]) == {"wide.tif"}
    assert not frame.intersects(window_of(0, 0).buffer(-1)).any()
    assert not frame.buffer(-1).overlaps(frame.union_all()).any()


def test_areas_that_are_newer_than_the_model_are_left_out(
    weft: Weft, scene: Scene, model: Path, wide: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.gpkg"
    gpd.GeoSeries([window_of(*STRANGE)], crs="EPSG:32633").to_file(newer, layer="areas")
    out = tmp_path / "next.gpkg"
    outcome = weft(
        *("suggest", model, wide, "--out", out, "--areas", f"{newer}|layername=areas"),
        *("--backbone-weights", scene.weights, "--device", "cpu", "--count", 100),
    )
    assert outcome.status == 0, outcome
    frame = gpd.read_file(out)
    assert len(frame) == 7  # of nine
    assert not frame.intersects(window_of(*STRANGE).buffer(-1)).any()


def test_ground_without_data_is_never_suggested(
    weft: Weft, scene: Scene, model: Path, tmp_path: Path
) -> None:
    pixels = draw(3, side=3 * SIDE)
    pixels[:, :, SIDE:] = 0
    image = write_image(tmp_path / "half.tif", pixels, photometric="rgb", nodata=0)
    out = tmp_path / "next.gpkg"
    weights = ("--backbone-weights", scene.weights, "--device", "cpu")
    outcome = weft("suggest", model, image, "--out", out, *weights)
    assert outcome.status == 0, outcome
    right = gpd.read_file(out).bounds["maxx"]
    assert len(right) == 2 and right.max() <= LEFT + SIDE * GSD


def test_mistakes_are_told_in_a_sentence(
    refused: Callable[..., str], scene: Scene, model: Path, wide: Path, tmp_path: Path
) -> None:
    weights = ("--backbone-weights", scene.weights)
    out = ("--out", tmp_path / "next.gpkg")
    asked = ("suggest", model, wide, *weights)
    assert "give --count from 1 to 100" in refused(*asked, *out, "--count", 0, untouched=tmp_path)
    assert "is also an input" in refused(*asked, "--out", scene.train, "--areas", scene.areas)
    assert "use one of .gpkg" in refused(*asked, "--out", tmp_path / "a.txt", untouched=tmp_path)
    nothing = refused("suggest", model, scene.image, *weights, *out, untouched=tmp_path)
    assert nothing.startswith("Nothing on the images is left to label")
    plain = write_image(tmp_path / "plain.tif", draw(3), crs=None, photometric="rgb")
    assert "plain.tif has no CRS" in refused("suggest", model, wide, plain, *weights, *out)


def test_the_order_is_repeatable(
    weft: Weft, scene: Scene, model: Path, wide: Path, tmp_path: Path
) -> None:
    found = []
    for name in ("a.gpkg", "b.gpkg"):
        weft("suggest", model, wide, "--out", tmp_path / name, "--backbone-weights", scene.weights)
        found.append(gpd.read_file(tmp_path / name))
    assert found[0].equals(found[1])
