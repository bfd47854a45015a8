# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures by cross-validation: their limits, and that no model has seen what it is measured on."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
import torch
from affine import Affine
from pyproj import CRS
from safetensors.torch import save_file

from weft.backbones.registry import find_backbone
from weft.errors import Cancelled, LabelError, RequestError
from weft.jackknife import ratio
from weft.jobs import validate as validating
from weft.jobs.area_figures import outline_of
from weft.jobs.prepare import Prepared, prepare
from weft.jobs.train import train
from weft.jobs.train_request import LearnRequest, TrainRequest
from weft.jobs.validate import figures, learn_without, validate
from weft.labels.source import LabelSource
from weft.polygons.score import Tally
from weft.progress import Context
from weft.training.fit import Trainer
from weft.training.patches import LabelledPatch, PatchStore
from weft.training.regions import Region

BACKBONE = "test_efficientnet"
SIDE = 192
AREA = 64
ROOF = 20


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Random weights of a tiny network."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_file(find_backbone(BACKBONE).build().state_dict(), path)
    return str(path)


@pytest.fixture
def request_of(tmp_path: Path, weights: str):
    """A request with so many areas, each with two bright roofs on dark ground."""

    def make(areas: int) -> LearnRequest:
        random = np.random.default_rng(0)
        pixels = random.normal(60, 8, (3, SIDE, SIDE))
        corners = [(AREA * (i % 3), AREA * (i // 3)) for i in range(areas)]
        roofs = [(x + dx, y + 8) for x, y in corners for dx in (6, 36)]
        for x, y in roofs:
            pixels[:, y : y + ROOF, x : x + ROOF] += 120
        image = tmp_path / "town.tif"
        profile = {"driver": "GTiff", "count": 3, "height": SIDE, "width": SIDE, "dtype": "uint8"}
        place = {"crs": "EPSG:32633", "transform": Affine(1, 0, 0, 0, -1, SIDE)}
        with rasterio.open(image, "w", **profile, **place) as dataset:
            dataset.write(pixels.clip(1, 255).astype(np.uint8))
        labels = tmp_path / "labels.gpkg"
        for layer, boxes in (("labels", squares(roofs, ROOF)), ("areas", squares(corners, AREA))):
            frame = gpd.GeoDataFrame({"class": ["roof"] * len(boxes)}, geometry=boxes)
            frame.set_crs("EPSG:32633").to_file(labels, layer=layer)
        return LearnRequest(
            images=(image,),
            labels=LabelSource(labels, "labels"),
            areas=LabelSource(labels, "areas"),
            backbone=BACKBONE,
            backbone_weights=weights,
            adapter="linear",
            steps=4,
            device="cpu",
        )

    return make


def squares(corners: list[tuple[int, int]], side: int) -> list[shapely.Polygon]:
    return [shapely.box(x, SIDE - y - side, x + side, SIDE - y) for x, y in corners]


def test_each_area_is_measured_and_the_same_seed_gives_the_same_figures(
    request_of, context: Context, heard
) -> None:
    request = request_of(4)
    first = validate(request, context)
    assert (first.areas, first.measured, first.trainings, first.cancelled) == (4, 4, 4, False)
    (roof,) = first.classes
    assert (roof.name, roof.areas, roof.objects_true) == ("roof", 4, 8)
    assert 0 <= roof.iou.low <= roof.iou.value <= roof.iou.high <= 1
    assert 0 <= roof.f1.low <= roof.f1.value <= roof.f1.high <= 1
    shares = [each.done / each.total for each in heard.reports if each.text == "Cross-validating"]
    assert shares == sorted(shares) and shares[-1] > 0.75
    assert validate(request, context).classes == first.classes


def test_areas_are_told_apart_and_the_worst_comes_first(request_of, context: Context) -> None:
    request = request_of(4)
    gpd.read_file(request.labels.path, layer="labels").iloc[1:].to_file(
        request.labels.path, layer="labels"
    )
    result = validate(replace(request, steps=40), context)
    assert len(result.by_area) == 4
    ious = [each.iou for each in result.by_area]
    assert ious == sorted(ious)
    # a roof without a label in the first area
    worst = result.by_area[0]
    assert (worst.objects_true, sum(each.objects_true for each in result.by_area)) == (1, 7)
    assert shapely.from_wkt(worst.wkt).equals(squares([(0, 0)], AREA)[0])
    assert CRS.from_wkt(result.crs) == CRS.from_epsg(32633)


def test_without_areas_the_box_around_labels_is_outlined(request_of, context: Context) -> None:
    request = request_of(4)
    roofs = gpd.read_file(request.labels.path, layer="labels")
    ground = roofs.assign(**{"class": "background"}, geometry=roofs.translate(0, -30))
    pd.concat([roofs, ground]).to_file(request.labels.path, layer="labels")
    material = prepare(replace(request, areas=None), context).material
    (area,) = {region.area for region in material.regions if region.measurable}
    found = outline_of(area, material, material.regions, material.infos[0].grid.crs)
    assert found.covers(roofs.union_all()) and shapely.box(0, 0, SIDE, SIDE).covers(found)


class Guarded(PatchStore):
    """Refuses to show some areas."""

    hidden: frozenset[int] = frozenset()

    def __getitem__(self, region: Region) -> LabelledPatch:
        assert region.area not in self.hidden
        return super().__getitem__(region)


def test_a_model_never_sees_the_areas_that_it_is_measured_on(request_of, context: Context) -> None:
    prepared: Prepared = prepare(request_of(4), context)
    guarded = Guarded(prepared.store.sources, prepared.store.regions)
    guarded.hidden = frozenset({1})
    prepared = replace(prepared, store=guarded)
    assert learn_without(prepared, frozenset({1}), context)
    with pytest.raises(AssertionError):
        learn_without(prepared, frozenset({2}), context)


def test_what_was_measured_before_the_user_stopped_stays(request_of, context: Context) -> None:
    seen: list[float] = []

    def stopped(most: float) -> Context:
        def report(progress) -> None:
            if progress.text == "Cross-validating":
                seen.append(progress.done / progress.total)

        seen.clear()
        return replace(context, report=report, is_cancelled=lambda: bool(seen) and seen[-1] > most)

    result = validate(request_of(4), stopped(0.5))
    assert result.cancelled and (result.measured, result.trainings) == (2, 2)
    # of two areas nothing can be said yet, but what was found is told
    assert result.classes[0].iou is None and result.classes[0].objects_true == 4
    with pytest.raises(Cancelled):
        validate(request_of(4), stopped(0.1))


def test_two_areas_are_too_few(request_of, context: Context) -> None:
    with pytest.raises(LabelError, match="too few areas to measure on, 2; label at least 3"):
        validate(request_of(2), context)


def test_areas_below_a_later_one_are_too_few(request_of, context: Context) -> None:
    request = request_of(2)
    drawn = gpd.read_file(request.areas.path, layer="areas")
    over = drawn.iloc[:1].set_geometry([shapely.box(0, 0, SIDE, SIDE)])
    pd.concat([drawn, over]).to_file(request.areas.path, layer="areas")
    with pytest.raises(LabelError, match="too few areas to measure on, 1; label at least 3"):
        validate(request, context)


@pytest.mark.parametrize("bands", [(1, 1, 1), (0, 1, 2)])
def test_bands_are_different_and_counted_from_one(
    request_of, context: Context, bands: tuple[int, ...]
) -> None:
    with pytest.raises(RequestError, match="cannot be used; name each once, counted from 1"):
        validate(replace(request_of(3), bands=bands), context)


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("DefaultCPUAllocator: …")]
)
def test_a_training_that_memory_does_not_suffice_for_says_what_to_do(
    request_of, context: Context, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def run_out(*args: object) -> None:
        raise error

    monkeypatch.setattr(Trainer, "_advance", run_out)
    request, out = request_of(3), context.folder / "new.weft"
    told = "memory of the computer does not suffice .* --adapter"
    with pytest.raises(RequestError, match=told):
        validate(request, context)
    with pytest.raises(RequestError, match=told):
        train(TrainRequest(**vars(request), out=out), context)
    assert not out.exists()


def test_a_measurement_that_memory_does_not_suffice_for_says_what_to_do(
    request_of, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out(*args: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(validating, "learn_without", lambda *args: True)
    monkeypatch.setattr(validating, "confuse", run_out)
    with pytest.raises(RequestError, match="does not suffice for this training"):
        validate(request_of(3), context)


def test_a_class_in_two_areas_has_no_figure() -> None:
    told = figures("ship", [Tally(5, 10, 1, 2, 1), Tally(3, 6, 1, 1, 1), Tally(0, 4, 0, 0, 1)])
    assert (told.areas, told.iou, told.f1) == (2, None, None)
    assert (told.hits, told.objects_true, told.objects_found) == (2, 3, 3)


def test_equal_areas_with_few_objects_are_no_certainty() -> None:
    told = figures("ship", [Tally(8, 8, 1, 1, 1)] * 3)
    assert told.f1.value == 1 and told.f1.low < 0.5


def test_limits_by_hand() -> None:
    # shares of equal weight: the jackknife is the mean with Student's t, 4.303 for three places
    told = ratio([2, 3, 4], [10, 10, 10])
    assert told.value == 0.3
    assert told.high - told.value == pytest.approx(4.303 * 0.1 / 3**0.5, abs=1e-3)
    assert ratio([2, 3], [10, 10]) is None
    assert ratio([2, 3, 0], [10, 10, 0]) is None


def test_the_truth_lies_between_the_limits_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    held = []
    for _ in range(1000):
        bottoms = random.gamma(4, 100, 5)
        told = ratio(bottoms * random.beta(14, 6, 5), bottoms)
        held.append(told.low <= 0.7 <= told.high)
    assert 0.91 < np.mean(held) < 0.98
