# SPDX-License-Identifier: GPL-3.0-or-later
"""Result files are whole, readable everywhere, and never half of one."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from shapely import box

from weft.errors import OutputError
from weft.polygons import write
from weft.polygons.formats import check_output, shapefile_bytes
from weft.polygons.write import PolygonWriter, write_polygons

FORMATS = [".gpkg", ".shp", ".geojson", ".fgb"]


def result(count: int = 3, crs: str = "EPSG:32633", name: str = "Gebäude") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "class": [name] * count,
            "confidence": np.linspace(0.5, 1, count),
            "area_m2": np.full(count, 100.0),
            "perimeter_m": np.full(count, 40.0),
            "source": ["image.tif"] * count,
            "model": ["roofs-1a2b"] * count,
        },
        geometry=[box(500_000 + 20 * i, 4e6, 500_010 + 20 * i, 4e6 + 10) for i in range(count)],
        crs=crs,
    ).astype({"class": object, "source": object, "model": object})


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(params=[2, 10_000])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are written in several parts, and at once."""
    monkeypatch.setattr(write, "WAITING", request.param)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("count", [0, 3])
def test_round_trip(tmp_path: Path, suffix: str, count: int) -> None:
    path = tmp_path / f"Häuser{suffix}"
    write_polygons(result(count), path)
    back = gpd.read_file(path)
    perimeter = "perim_m" if suffix == ".shp" else "perimeter_m"
    names = {"class", "confidence", "area_m2", perimeter, "source", "model", "geometry"}
    assert len(back) == count
    if count or suffix != ".geojson":  # GeoJSON keeps fields in its features alone
        assert set(back.columns) == names
    if count:
        assert set(back["class"]) == {"Gebäude"}
        there = back.to_crs(32633).union_all()
        assert there.symmetric_difference(result().union_all()).area < 1e-2
    assert back.crs == ("EPSG:4326" if suffix == ".geojson" else "EPSG:32633")


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_in_parts_holds_them_all(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    long = "a class of more letters than the eighty that a text field of a Shapefile begins with"
    with PolygonWriter(path) as writer:
        writer.write(result(0))
        for name in ("roof", "tree", long):
            writer.write(result(2, name=name))
        writer.write(result(0))
        assert not path.exists()
    back = gpd.read_file(path)
    assert sorted(back["class"]) == sorted(["roof", "tree", long] * 2)
    assert back["confidence"].dtype == float
    assert {name for name in files(tmp_path) if name.endswith((".gpkg", ".partial"))} <= {path.name}


def test_any_name_will_do_for_a_file_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "WAITING", 2)
    for name in ("draft.gpkg", "draft.shp", "a.draft.gpkg"):
        write_polygons(result(5), tmp_path / name)
        assert len(gpd.read_file(tmp_path / name)) == 5


def test_a_file_that_was_stopped_is_not_there(tmp_path: Path) -> None:
    def stop() -> None:
        with PolygonWriter(tmp_path / "a.gpkg") as writer:
            writer.write(result())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert not files(tmp_path)


@pytest.mark.usefixtures("waiting")
def test_shapefile_has_its_companions(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    for old in (".qix", ".sbn"):
        path.with_suffix(old).write_text("index of what was here before")
    write_polygons(result(), path)
    assert files(tmp_path) == {"a.shp", "a.shx", "a.dbf", "a.prj", "a.cpg"}
    assert path.with_suffix(".cpg").read_text() == "UTF-8"
    assert all(len(name) <= 10 for name in pyogrio.read_info(path)["fields"])


@pytest.mark.parametrize("suffix", [".shp", ".dbf", ".shx"])
def test_a_shapefile_that_cannot_be_replaced_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """As on Windows, where a part of it is open in QGIS or in Excel."""
    path = tmp_path / "a.shp"
    write_polygons(result(1), path)
    path.with_suffix(".qix").write_text("its index")
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    replace = os.replace

    def locked(file: Path, place: Path) -> None:
        if path.with_suffix(suffix) in (file, place):
            raise PermissionError(13, "in use")
        replace(file, place)

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(OutputError, match=r"could not be written \(in use\)"):
        write_polygons(result(2), path)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("suffix", FORMATS)
def test_endings_may_be_written_large(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"A{suffix.upper()}"
    write_polygons(result(), path)
    assert path.name in files(tmp_path)
    assert len(gpd.read_file(path)) == 3


@pytest.mark.usefixtures("waiting")
def test_geopackage_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    result(5).to_file(path, layer="old")
    (tmp_path / "a.gpkg-wal").write_bytes(b"journal of the old file")
    write_polygons(result(2), path)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["polygons"]
    assert files(tmp_path) == {"a.gpkg"}


def test_neighbouring_files_are_left_alone(tmp_path: Path) -> None:
    keep = {"a.tif", "a.qml", "b.shp", "a.gpkg"}
    for name in keep:
        (tmp_path / name).write_text("not ours")
    write_polygons(result(), tmp_path / "a.shp")
    assert keep < files(tmp_path)


@pytest.mark.usefixtures("waiting")
def test_missing_values_stay_missing(tmp_path: Path) -> None:
    frame = result().assign(confidence=np.nan, model=None)
    write_polygons(frame, tmp_path / "a.gpkg")
    back = gpd.read_file(tmp_path / "a.gpkg")
    assert back["confidence"].isna().all() and back["model"].isna().all()


@pytest.mark.parametrize("name", ["a.kml", "a", "a.gpkg.zip"])
def test_unknown_extension(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"use one of \.gpkg, \.shp, \.geojson, \.fgb"):
        check_output(tmp_path / name)


def test_folder_absent_or_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        check_output(tmp_path / "none" / "a.gpkg")
    (tmp_path / "b.gpkg").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        check_output(tmp_path / "b.gpkg")


def test_too_large_for_a_shapefile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_polygons(result(50), tmp_path / "a.shp")
    shp, dbf = ((tmp_path / f"a.{kind}").stat().st_size for kind in ("shp", "dbf"))
    assert max(shp, dbf) == pytest.approx(shapefile_bytes(result(50)), rel=0.1)
    monkeypatch.setattr(write, "SHAPEFILE_LIMIT", 1000)
    with pytest.raises(OutputError, match=r"2 GB that a Shapefile can hold; write a \.gpkg"):
        write_polygons(result(50), tmp_path / "b.shp")
    assert not (tmp_path / "b.shp").exists()


def test_geojson_needs_a_place_on_earth(tmp_path: Path) -> None:
    local = 'LOCAL_CS["site",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'
    with pytest.raises(OutputError, match="WGS 84"):
        write_polygons(result(crs=local), tmp_path / "a.geojson")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("waiting", [100, 10_000])
def test_full_disk_leaves_what_was_there(tmp_path: Path, suffix: str, waiting: int) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("the result of yesterday")
    frame = tmp_path.parent / "frame.gpkg"
    result(4000).to_file(frame)
    code = """
        import resource, sys
        from pathlib import Path
        import geopandas as gpd
        from weft.errors import OutputError
        from weft.polygons import write
        write.WAITING = int(sys.argv[3])
        frame = gpd.read_file(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
        try:
            write.write_polygons(frame, Path(sys.argv[2]))
        except OutputError as error:
            sys.exit(f"told: {error}")
    """
    run = [sys.executable, "-c", textwrap.dedent(code), str(frame), str(path), str(waiting)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "told: " in done.stderr and "could not be written" in done.stderr
    assert path.read_text() == "the result of yesterday"
    assert files(tmp_path) == {path.name}
