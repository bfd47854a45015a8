# SPDX-License-Identifier: GPL-3.0-or-later
"""The rivals that are scripts of their own learn a small scene of two images."""

import json
from pathlib import Path

import forest
import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
import unet
from affine import Affine

from weft.polygons.clean import SPECK
from weft.polygons.prediction import open_prediction

GSD, SIDE, ROOF = 0.5, 128, 20
KNOWN = SIDE, 48  # side of the area in each image
LEFT, TOP = 500_000.0, 4_000_000.0
ROOFS = [(12, 12, ROOF), (60, 20, ROOF), (20, 70, ROOF), (84, 84, ROOF)]  # column, row, side


@pytest.fixture
def scene(tmp_path: Path) -> list[str]:
    """Bright roofs on dark ground; the second image is darker, and little of it is labelled."""
    random, images, roofs, areas = np.random.default_rng(0), [], [], []
    for number, known in enumerate(KNOWN):
        pixels = random.normal(80, 10, (3, SIDE, SIDE))
        for column, row, side in ROOFS:
            pixels[:, row : row + side, column : column + side] += 60
        left = LEFT + number * SIDE * GSD
        to_ground = Affine(GSD, 0, left, 0, -GSD, TOP)
        path = tmp_path / f"image_{number}.tif"
        profile = {"driver": "GTiff", "count": 3, "height": SIDE, "width": SIDE, "dtype": "uint8"}
        with rasterio.open(path, "w", **profile, crs="EPSG:32633", transform=to_ground) as dataset:
            dataset.write((pixels / (1 + number)).clip(0, 255).astype(np.uint8))
        images.append(str(path))
        roofs += [ground(to_ground, *roof) for roof in ROOFS if max(roof) < known]
        areas.append(ground(to_ground, 0, 0, known))
    train = tmp_path / "train.gpkg"
    labels = {"class": ["roof"] * len(roofs), "geometry": roofs}
    gpd.GeoDataFrame(labels, crs="EPSG:32633").to_file(train, layer="labels")
    gpd.GeoDataFrame(geometry=areas, crs="EPSG:32633").to_file(train, layer="areas")
    sources = ["--labels", f"{train}|layername=labels", "--areas", f"{train}|layername=areas"]
    return [*images, *sources, "--out", str(tmp_path / "polygons.gpkg")]


def ground(to_ground: Affine, column: int, row: int, side: int) -> shapely.Polygon:
    west, north = to_ground @ (column, row)
    return shapely.box(west, north - side * GSD, west + side * GSD, north)


def test_the_forest_leaves_specks_out_as_weft_does(
    scene: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["forest.py", *scene])
    monkeypatch.setattr("forest.TREES", 10)
    forest.main()
    assert json.loads(capsys.readouterr().out)["pixels"] == sum(side**2 for side in KNOWN)
    out = Path(scene[-1])
    assert len(gpd.read_file(out)) >= len(ROOFS)
    prediction = open_prediction(out.with_name("polygons_forest") / "image_1_prob.tif")
    assert prediction.min_area_m2 == SPECK * (ROOF * GSD) ** 2


def test_the_unet_learns_and_sees_tiles_as_weft_does(
    scene: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["unet.py", *scene, "--budget", "0.5"])
    monkeypatch.setattr("unet.CHANNELS", (4, 8))
    monkeypatch.setattr("weft.inference.tta.AUTO_EFFORT", 1e6)
    tones, ways = [], []
    sampler, in_ways = unet.CropSampler, unet.in_ways
    monkeypatch.setattr("unet.CropSampler", lambda *a: tones.append(a[-1]) or sampler(*a))
    monkeypatch.setattr("unet.in_ways", lambda *a: ways.append(a[-1]) or in_ways(*a))
    unet.main()
    assert json.loads(capsys.readouterr().out)["steps"] >= 1
    assert tones[0].keys() == {0, 1} and ways == [2]
    assert "class" in gpd.read_file(scene[-1])
