# SPDX-License-Identifier: GPL-3.0-or-later
"""From prediction rasters to a file of polygons, with every field filled and every mistake told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.features import rasterize
from shapely import Point, Polygon, affinity, box

from weft.errors import Cancelled, OutputError, RasterError, RequestError
from weft.jobs.vectorise import ClassLimits, VectoriseRequest, vectorise
from weft.progress import Context

Make = Callable[..., tuple[Path, Path]]


def read(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(path).sort_values(["class", "area_m2"], ignore_index=True)


def test_fields_of_the_result(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"))
    result = vectorise(VectoriseRequest((classes,), tmp_path / "out.gpkg"), context)
    assert result.counts == {"roof": 2, "tree": 1}
    assert result.polygons == 3
    frame = read(result.out)
    assert list(frame["class"]) == ["roof", "roof", "tree"]
    assert list(frame["area_m2"]) == [50, 98, 50]
    assert list(frame["perimeter_m"]) == [30, 46, 30]
    assert list(frame["confidence"]) == pytest.approx([0.75, 0.9, 0.8], abs=0.002)
    assert set(frame["source"]) == {"image.tif"}
    assert set(frame["model"]) == {"roofs-1a2b"}
    assert frame.total_bounds.tolist() == [500_005, 3_999_970, 500_040, 3_999_995]


def test_probability_raster_gives_the_same(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context
) -> None:
    classes, likely = write_prediction(probability, ("roof", "tree"))
    vectorise(VectoriseRequest((classes,), tmp_path / "a.gpkg"), context)
    vectorise(VectoriseRequest((likely,), tmp_path / "b.gpkg"), context)
    one, other = read(tmp_path / "a.gpkg"), read(tmp_path / "b.gpkg")
    assert one.equals(other)


def test_threshold_is_applied_to_the_pair(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"))
    strict = VectoriseRequest((classes,), tmp_path / "a.gpkg", threshold=0.77, min_confidence=0)
    assert vectorise(strict, context).counts == {"roof": 1, "tree": 1}
    loose = VectoriseRequest((classes,), tmp_path / "a.gpkg", threshold=0.1)
    assert vectorise(loose, context).area_m2["roof"] == 150


@pytest.mark.parametrize(
    ("limits", "roofs"),
    [
        ({}, 1),
        ({"threshold": 0.4}, 2),
        ({"threshold": 0.6}, 1),
        ({"min_confidence": 0.0}, 2),
        ({"min_confidence": 0.95}, 0),
        ({"min_confidence": 0.0, "classes": {"roof": ClassLimits(min_confidence=0.8)}}, 1),
        ({"classes": {"roof": ClassLimits(min_confidence=0.6)}}, 2),
        ({"classes": {"roof": ClassLimits(threshold=0.3)}}, 2),
    ],
)
def test_what_is_mostly_false_goes_unless_the_user_says_otherwise(
    write_prediction: Make,
    tmp_path: Path,
    context: Context,
    limits: dict[str, Any],
    roofs: int,
) -> None:
    likely = np.zeros((2, 40, 50))
    likely[0, 5:15, 5:15], likely[0, 25:30, 30:40], likely[1, 5:15, 15:20] = 0.9, 0.65, 0.99
    classes, _ = write_prediction(likely, ("roof", "tree"))
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", **limits)
    counts = vectorise(request, context).counts
    assert (counts.get("roof", 0), counts["tree"]) == (roofs, 1)


def test_classes_without_probabilities_are_all_kept(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context
) -> None:
    classes, likely = write_prediction(probability, ("roof", "tree"))
    likely.unlink()
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg")
    assert vectorise(request, context).polygons == 3
    with pytest.raises(RasterError, match="polygons have no confidence"):
        vectorise(replace(request, min_confidence=0.8), context)


def test_limits_and_simplification(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"))
    request = VectoriseRequest(
        (classes,), tmp_path / "a.gpkg", min_area_m2=60, min_hole_m2=3, simplify_m=1
    )
    result = vectorise(request, context)
    assert result.counts == {"roof": 1}
    assert result.area_m2["roof"] == pytest.approx(100)


@pytest.mark.parametrize(("pixel", "corners"), [(0.5, range(5, 50)), (2.0, range(100, 500))])
def test_outlines_are_simplified_by_metres_on_the_ground(
    write_prediction: Make, tmp_path: Path, context: Context, pixel: float, corners: range
) -> None:
    house = affinity.rotate(box(20, 20, 100, 60), 30)
    classes, _ = write_prediction(
        0.9 * rasterize([house], (100, 120))[None],
        ("roof",),
        transform=Affine(pixel, 0, 500_000, 0, -pixel, 4_000_000),
    )
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", simplify_m=1)
    (roof,) = read(vectorise(request, context).out).geometry
    assert len(roof.exterior.coords) in corners


def test_a_polygon_that_simplification_takes_below_the_least_area_goes(
    write_prediction: Make, tmp_path: Path, context: Context
) -> None:
    roof = np.zeros((1, 60, 80), np.float32)
    roof[0, 10:20, 10:20] = 0.9
    roof[0, 14, 20] = 0.9
    classes, _ = write_prediction(roof, ("roof",))
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", simplify_m=3)
    assert vectorise(request, context).area_m2["roof"] < roof.astype(bool).sum()
    limited = replace(request, min_area_m2=float(roof.astype(bool).sum()))
    assert vectorise(limited, context).polygons == 0
    assert vectorise(replace(limited, simplify_m=0), context).polygons == 1


@pytest.mark.parametrize(("least", "roofs"), [(None, 1), (0.0, 2), (60.0, 1)])
def test_what_the_raster_calls_too_small_goes_unless_the_user_says_otherwise(
    write_prediction: Make,
    probability: np.ndarray,
    tmp_path: Path,
    context: Context,
    least: float | None,
    roofs: int,
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"))
    with rasterio.open(classes, "r+") as dataset:
        dataset.update_tags(WEFT_MIN_AREA_M2="51")
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", min_area_m2=least)
    assert vectorise(request, context).counts["roof"] == roofs


def test_right_angles_for_one_class(
    write_prediction: Make, tmp_path: Path, context: Context
) -> None:
    shapes = [affinity.rotate(box(20, 20, 70, 50), 30), Point(120, 60).buffer(20)]
    pixels = np.stack([0.9 * rasterize([shape], (120, 160)) for shape in shapes])
    classes, _ = write_prediction(pixels, ("roof", "tank"))
    wishes = {"roof": ClassLimits(shape="right-angles")}
    request = VectoriseRequest((classes,), tmp_path / "out.gpkg", classes=wishes)
    frame = read(vectorise(request, context).out)
    assert dict(zip(frame["class"], frame["regularised"], strict=True)) == {
        "roof": "yes",
        "tank": "no",
    }
    roof, tank = frame.geometry
    assert len(roof.exterior.coords) == 5 and len(tank.exterior.coords) > 10
    steps = np.diff(np.array(roof.exterior.coords), axis=0)
    assert np.abs((steps * np.roll(steps, -1, axis=0)).sum(1)).max() < 1e-3
    shapefile = vectorise(replace(request, out=tmp_path / "out.shp"), context).out
    assert set(gpd.read_file(shapefile)["regular"]) == {"yes", "no"}


def test_boxes_for_ships(write_prediction: Make, tmp_path: Path, context: Context) -> None:
    hull = Polygon([(20, 60), (30, 52), (110, 52), (125, 60), (110, 68), (30, 68)])
    shapes = [affinity.rotate(hull, -30), box(10, 10, 30, 30)]
    pixels = np.stack([0.9 * rasterize([shape], (120, 160)) for shape in shapes])
    classes, _ = write_prediction(pixels, ("ship", "roof"))
    wishes = {"ship": ClassLimits(shape="box")}
    request = VectoriseRequest((classes,), tmp_path / "out.gpkg", classes=wishes)
    frame = read(vectorise(request, context).out)
    roof, ship = frame.iloc[0], frame.iloc[1]
    assert len(ship.geometry.exterior.coords) == 5
    assert ship["length_m"] == pytest.approx(105, abs=3)
    assert ship["width_m"] == pytest.approx(16, abs=3)
    # up to the right by 30 degrees on the picture; grid north is near north here
    assert ship["heading_deg"] == pytest.approx(60, abs=2)
    assert ship["area_m2"] == pytest.approx(ship["length_m"] * ship["width_m"], rel=0.01)
    assert np.isnan(roof["length_m"]) and roof["area_m2"] == 400


def test_objects_that_touch_are_told_apart(
    write_prediction: Make, row_of_houses: np.ndarray, tmp_path: Path, context: Context
) -> None:
    for raster in write_prediction(row_of_houses, ("roof", "tree")):
        request = VectoriseRequest((raster,), tmp_path / "a.gpkg", simplify_m=1)
        assert vectorise(request, context).counts == {"roof": 3, "tree": 3}
        frame = read(tmp_path / "a.gpkg")
        assert list(frame["area_m2"]) == [100] * 6
        assert list(frame["confidence"]) == pytest.approx([0.9] * 3 + [0.8] * 3, abs=0.002)
        assert frame.union_all().area == frame.area.sum()


def test_objects_that_touch_stay_together_where_that_is_wanted(
    write_prediction: Make, row_of_houses: np.ndarray, tmp_path: Path, context: Context
) -> None:
    classes, _ = write_prediction(row_of_houses, ("roof", "tree"))
    fused = VectoriseRequest((classes,), tmp_path / "a.gpkg", split=False)
    assert vectorise(fused, context).counts == {"roof": 1, "tree": 1}
    trees = replace(fused, split=True, classes={"tree": ClassLimits(split=False)})
    assert vectorise(trees, context).counts == {"roof": 3, "tree": 1}


def test_objects_too_small_for_the_limit_go_to_their_neighbours(
    write_prediction: Make, row_of_houses: np.ndarray, tmp_path: Path, context: Context
) -> None:
    row_of_houses[2, 14, 14] = 0.6
    classes, _ = write_prediction(row_of_houses, ("roof", "tree"))
    request = VectoriseRequest((classes,), tmp_path / "a.gpkg", min_area_m2=40)
    result = vectorise(request, context)
    assert result.counts == {"roof": 3, "tree": 3}
    assert result.area_m2["roof"] == 300


def test_both_rasters_of_a_pair_count_once(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context, heard
) -> None:
    pair = write_prediction(probability, ("roof", "tree"))
    result = vectorise(VectoriseRequest(pair[::-1], tmp_path / "a.gpkg"), context)
    assert result.polygons == 3
    assert len(heard.notes) == 1


def test_several_images_in_several_crs(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context, heard
) -> None:
    one, _ = write_prediction(probability, ("roof", "tree"), "one")
    two, _ = write_prediction(
        probability,
        ("roof", "tree"),
        "two",
        crs="EPSG:4326",
        transform=Affine(1e-5, 0, 15, 0, -1e-5, 36),
    )
    result = vectorise(VectoriseRequest((one, two), tmp_path / "a.gpkg"), context)
    frame = read(result.out)
    assert result.counts == {"roof": 4, "tree": 2}
    assert frame.crs == "EPSG:32633"
    assert frame["area_m2"].to_numpy() == pytest.approx(frame.area.to_numpy(), rel=0.001)
    assert [note for note in heard.notes if "two_class.tif is in WGS 84" in note]
    assert set(frame["source"]) == {"one.tif", "two.tif"}


def test_an_image_beyond_the_world_of_the_first_is_told(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path, context: Context
) -> None:
    equator = Affine(1, 0, 500_000, 0, -1, 100)
    here, _ = write_prediction(probability, ("roof", "tree"), "here", transform=equator)
    there, _ = write_prediction(
        probability, ("roof", "tree"), "there", transform=equator, crs="EPSG:32618"
    )
    with pytest.raises(RasterError, match=r"there_class.tif is in .*; vectorise it by itself"):
        vectorise(VectoriseRequest((here, there), tmp_path / "a.gpkg"), context)
    assert not (tmp_path / "a.gpkg").exists()


@pytest.mark.parametrize(
    "transform",
    [
        Affine.translation(500_000, 4e6) @ Affine.rotation(30) @ Affine.scale(1, -1),
        Affine(1, 0, 500_000, 0, 1, 4e6),
    ],
)
def test_rotated_and_south_up_images(
    write_prediction: Make,
    probability: np.ndarray,
    tmp_path: Path,
    context: Context,
    transform: Affine,
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"), transform=transform)
    frame = read(vectorise(VectoriseRequest((classes,), tmp_path / "a.gpkg"), context).out)
    assert list(frame["area_m2"]) == pytest.approx([50, 98, 50], rel=1e-5)
    centre = transform @ (35.0, 27.5)
    here = frame.geometry[0].centroid
    assert (here.x, here.y) == pytest.approx(centre)


def test_plain_class_raster(
    write_raster: Callable[..., Path], tmp_path: Path, context: Context
) -> None:
    mask = np.zeros((1, 20, 20), np.uint8)
    mask[0, 2:6, 2:6] = 255
    mask[0, 10:12, 10:12] = 7
    path = write_raster("mask.tif", mask)
    frame = read(vectorise(VectoriseRequest((path,), tmp_path / "a.gpkg"), context).out)
    assert list(frame["class"]) == ["255", "7"]
    assert frame["confidence"].isna().all()
    path = write_raster("mask.tif", mask, nodata=255)
    assert vectorise(VectoriseRequest((path,), tmp_path / "a.gpkg"), context).counts == {"7": 1}


def test_nothing_found_is_a_valid_file(
    write_prediction: Make, tmp_path: Path, context: Context
) -> None:
    classes, likely = write_prediction(np.zeros((1, 20, 20)), ("roof",))
    for raster in (classes, likely):
        request = VectoriseRequest((raster,), tmp_path / "a.gpkg", None, 0.5, 5, 5, 1)
        assert vectorise(request, context).polygons == 0
        assert len(gpd.read_file(tmp_path / "a.gpkg")) == 0


def test_cancelling_leaves_nothing(
    write_prediction: Make, probability: np.ndarray, tmp_path: Path
) -> None:
    classes, _ = write_prediction(probability, ("roof", "tree"))
    stopped = Context(tmp_path, is_cancelled=lambda: True)
    with pytest.raises(Cancelled):
        vectorise(VectoriseRequest((classes,), tmp_path / "a.gpkg"), stopped)
    assert not (tmp_path / "a.gpkg").exists()


def test_extension_is_checked_before_the_rasters(tmp_path: Path, context: Context) -> None:
    with pytest.raises(OutputError, match="use one of"):
        vectorise(VectoriseRequest((tmp_path / "none.tif",), tmp_path / "a.kml"), context)


@pytest.mark.parametrize(
    "change",
    [{"rasters": ()}, {"threshold": 0.0}, {"threshold": 1.5}, {"threshold": float("nan")}]
    + [{name: -1.0} for name in ("min_area_m2", "min_hole_m2", "simplify_m")],
)
def test_options_without_sense(tmp_path: Path, context: Context, change: dict) -> None:
    request = {"rasters": (tmp_path / "a.tif",), "out": tmp_path / "a.gpkg"} | change
    with pytest.raises(RequestError):
        vectorise(VectoriseRequest(**request), context)


def test_rasters_that_are_none_of_ours(
    write_raster: Callable[..., Path], tmp_path: Path, context: Context
) -> None:
    def fails(path: Path, words: str, threshold: float | None = None) -> None:
        with pytest.raises(RasterError, match=words):
            vectorise(VectoriseRequest((path,), tmp_path / "a.gpkg", threshold), context)
        assert not (tmp_path / "a.gpkg").exists()

    mask = np.ones((1, 9, 9), np.uint8)
    named = {"WEFT_CLASSES": '[{"name": "roof", "colour": "#fff"}]'}
    fails(tmp_path / "none.tif", "does not exist")
    fails(write_raster("b.tif", mask.astype(np.float32)), "not a class raster")
    fails(write_raster("c.tif", np.ones((3, 9, 9), np.uint8)), "not a class raster")
    fails(write_raster("d.tif", mask, crs=None), "no CRS, so areas in m²")
    fails(write_raster("i.tif", mask, crs="EPSG:4326"), "outside the world of its CRS")
    fails(write_raster("e.tif", mask), "no probability raster beside it", 0.5)
    fails(write_raster("f.tif", mask, {"WEFT_CLASSES": "{"}), "list of classes")
    fails(write_raster("j.tif", mask, {"WEFT_CLASSES": "[" * 5000}), "list of classes")
    fails(write_raster("g.tif", mask * 4, named), "holds the value 4 but names only 1")
    (tmp_path / "h.tif").write_text("no raster")
    fails(tmp_path / "h.tif", "cannot be opened as a raster")


def test_damaged_raster_is_named_by_its_rows(
    write_raster: Callable[..., Path], tmp_path: Path, context: Context
) -> None:
    noise = np.random.default_rng(0).integers(0, 2, (1, 512, 512), dtype=np.uint8)
    path = write_raster("a.tif", noise, compress="deflate")
    path.write_bytes(path.read_bytes()[:12_000])
    with pytest.raises(RasterError, match=r"a\.tif"):
        vectorise(VectoriseRequest((path,), tmp_path / "a.gpkg"), context)
