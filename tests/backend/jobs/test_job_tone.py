# SPDX-License-Identifier: GPL-3.0-or-later
"""The tone of what was labelled goes from training to prediction, by way of the model file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely import box

from weft.bundle import read_bundle, write_bundle
from weft.jobs.material import Material, Wishes, read_material
from weft.jobs.predict import predict
from weft.jobs.predict_request import PredictRequest
from weft.jobs.train import train
from weft.jobs.train_request import TrainRequest
from weft.labels.source import LabelSource
from weft.progress import Context
from weft.raster.tone import tone_of

SIDE, LEFT, TOP = 160, 500_000, 4_000_000
WriteRaster = Callable[..., Path]


def town(gain: float, offset: float) -> np.ndarray:
    """Bright roofs on dark ground, (3, SIDE, SIDE)."""
    pixels = np.random.default_rng(0).normal(60, 8, (3, SIDE, SIDE))
    for row, column in ((20, 20), (20, 100), (100, 20), (100, 100)):
        pixels[:, row : row + 40, column : column + 40] += 100
    return (pixels * gain + offset).round().clip(1, 255).astype(np.uint8)


@pytest.fixture
def images(write_raster: WriteRaster) -> list[Path]:
    """A town, a paler picture of another one, and the first again under another name."""
    beside = write_raster("town.tif", town(1, 0)), write_raster("again.tif", town(1, 0))
    pale = write_raster("pale.tif", town(0.5, 100), transform=Affine(1, 0, LEFT + 1000, 0, -1, TOP))
    return [beside[0], pale, beside[1]]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Roofs and areas of the first image."""
    path = tmp_path / "train.gpkg"
    roofs = [
        box(LEFT + x, TOP - y - 40, LEFT + x + 40, TOP - y) for x in (20, 100) for y in (20, 100)
    ]
    areas = [box(LEFT + x, TOP - SIDE, LEFT + x + 80, TOP) for x in (0, 80)]
    for layer, shapes in (("labels", roofs), ("areas", areas)):
        frame = gpd.GeoDataFrame({"class": ["roof"] * len(shapes)}, geometry=shapes, crs=32633)
        frame.to_file(path, layer=layer)
    return path


def material(images: list[Path], labels: Path, context: Context, wishes: Wishes) -> Material:
    layers = (LabelSource(labels, layer) for layer in ("labels", "areas"))
    return read_material(images, *layers, "class", wishes, context)


FREE = Wishes(None, None, None)


def test_the_tone_is_that_of_the_images_with_labels(
    images: list[Path], labels: Path, context: Context
) -> None:
    found = material(images, labels, context, FREE)
    known = found.sources.bands, found.sources.stretch
    own, pale, again = (tone_of(info, *known) for info in found.infos)
    assert found.tone == own == again and own is not None and pale is not None
    assert pale.mean[0] > own.mean[0] + 0.1


def test_who_goes_on_keeps_the_tone_of_before(
    images: list[Path], labels: Path, context: Context
) -> None:
    first = material(images, labels, context, FREE)
    stretch = first.sources.stretch
    then = material(images[1::-1], labels, context, Wishes(None, None, stretch, first.tone))
    assert then.tone == first.tone
    # what an older version has taught knows of no tone
    assert material(images, labels, context, Wishes(None, None, stretch)).tone is None


def test_a_paler_image_is_predicted_more_like_what_was_learned(
    images: list[Path], labels: Path, tmp_path: Path, context: Context
) -> None:
    known, other = LabelSource(labels, "labels"), LabelSource(labels, "areas")
    toned, plain = tmp_path / "toned.weft", tmp_path / "plain.weft"
    shared = {"images": tuple(images), "device": "cpu"}
    learn = {"labels": known, "areas": other, "steps": 12, "adapter": "linear"}
    train(TrainRequest(**shared, **learn, out=toned), context)
    card, tensors = read_bundle(toned)
    write_bundle(plain, replace(card, tone=None), tensors)

    def apart(model: Path) -> float:
        """How differently both towns are answered, which differ by their tone alone."""
        out = tmp_path / model.stem
        found = predict(PredictRequest(model, **shared, out=out, tta=1), context).images
        town, pale, _ = (rasterio.open(each.probability).read(1).astype(int) for each in found)
        return float(np.abs(town - pale).mean())

    assert apart(toned) < 0.7 * apart(plain)
