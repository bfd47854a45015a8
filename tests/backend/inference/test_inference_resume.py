# SPDX-License-Identifier: GPL-3.0-or-later
"""A prediction that was stopped goes on where it was, to the very same bytes."""

import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import rasterio
import rasterio.shutil
from shapely import box
from small_networks import card, small_network, write_image

from weft.device import cpu
from weft.errors import Cancelled, OutputError
from weft.grid import Window
from weft.inference.engines import TorchEngine
from weft.inference.part import Part, whole_image
from weft.inference.plan import Tiling
from weft.inference.row_file import RowWriter
from weft.inference.rows import RowStore
from weft.jobs.predict import predict_parts
from weft.jobs.predicted import PredictedImage
from weft.jobs.predictors import LocalPredictor, plan_of, tiles_left
from weft.model import Model
from weft.progress import Context, Progress
from weft.raster import inspect
from weft.tone import Tone

TILES = 20


@dataclass
class Patience:
    """A user who stops after some tiles, and what they were told."""

    tiles: int = 10**6
    notes: list[str] = field(default_factory=list)
    done: list[float] = field(default_factory=list)

    def hear(self, progress: Progress) -> None:
        if progress.text.startswith("Predicting"):
            self.done.append(progress.done)

    def is_over(self) -> bool:
        return len(self.done) >= self.tiles


def town(folder: Path, name: str = "town.tif") -> Path:
    pixels = np.random.default_rng(0).integers(0, 200, (3, 210, 170)).astype(np.uint8)
    pixels[:, 100:160, 20:90] = 0
    return write_image(folder / name, pixels, nodata=0)


def predict(
    image: Path,
    out: Path,
    patience: Patience,
    model: str = "town-1a2b",
    tone: Tone | None = None,
) -> PredictedImage:
    return predict_all([image], out, patience, model, tone=tone)[0]


def predict_all(
    images: list[Path],
    out: Path,
    patience: Patience,
    model: str = "town-1a2b",
    settled: bool = True,
    tone: Tone | None = None,
) -> tuple[PredictedImage, ...]:
    parts = {info: whole_image(info.grid) for info in map(inspect, images)}
    context = Context(out, patience.hear, patience.notes.append, patience.is_over)
    return predict_parts(predictor_of(model, settled, tone), parts, out, context).images


def predictor_of(model: str, settled: bool = True, tone: Tone | None = None) -> LocalPredictor:
    network = small_network("test_resnet", "linear")
    engine = TorchEngine(network, cpu("test"))
    trained = Model(model, replace(card("test_resnet", "linear"), tone=tone), network)
    return LocalPredictor(trained, engine, Tiling(32, 64, 16), settled)


def left(image: Path, out: Path, model: str = "town-1a2b") -> int:
    info = inspect(image)
    return tiles_left(predictor_of(model), info, whole_image(info.grid), out)


def content(result: PredictedImage) -> tuple[bytes, bytes]:
    return result.probability.read_bytes(), result.classes.read_bytes()


@pytest.mark.parametrize("stops", [(1,), (5,), (9, 3), (19,), (4, 4, 4)])
def test_going_on_gives_the_same_bytes(tmp_path: Path, stops: tuple[int, ...]) -> None:
    image, calm = town(tmp_path), Patience()
    whole = predict(image, tmp_path / "whole", calm)
    assert calm.done == list(range(1, TILES + 1))
    for stop in stops:
        with pytest.raises(Cancelled):
            predict(image, tmp_path / "parts", Patience(stop))
        assert {path.name for path in (tmp_path / "parts").glob("*")} <= {".town_weft"}
    last = Patience()
    assert content(predict(image, tmp_path / "parts", last)) == content(whole)
    assert {path.name for path in (tmp_path / "parts").iterdir()} == {
        "town_prob.tif",
        "town_class.tif",
    }
    if max(stops) > 8:
        assert last.notes and "was stopped at" in last.notes[0]
        assert len(last.done) < TILES


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_killed_prediction_goes_on(tmp_path: Path) -> None:
    image = town(tmp_path)
    whole = predict(image, tmp_path / "whole", Patience())
    code = """
        import os, signal, sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[3])
        import test_inference_resume as test
        class Doomed(test.Patience):
            def hear(self, progress):
                super().hear(progress)
                if len(self.done) == 11:
                    os.kill(os.getpid(), signal.SIGKILL)
        test.predict(Path(sys.argv[1]), Path(sys.argv[2]), Doomed())
    """
    out = tmp_path / "parts"
    run = [sys.executable, "-c", textwrap.dedent(code), image, out, Path(__file__).parent]
    for _ in range(2):
        assert subprocess.run(list(map(str, run)), check=False).returncode == -9
    last = Patience()
    assert content(predict(image, out, last)) == content(whole)
    assert len(last.done) < TILES
    assert {path.name for path in out.iterdir()} == {"town_prob.tif", "town_class.tif"}


def test_another_model_or_image_starts_afresh(tmp_path: Path) -> None:
    image = town(tmp_path)
    for change in ("model", "image"):
        with pytest.raises(Cancelled):
            predict(image, tmp_path / "parts", Patience(15))
        if change == "image":
            town(tmp_path)
        last = Patience()
        predict(image, tmp_path / "parts", last, "other" if change == "model" else "town-1a2b")
        assert len(last.done) == TILES
        assert "the model, the image or an option has changed" in last.notes[0]


def test_another_image_in_a_mosaic_starts_afresh(tmp_path: Path) -> None:
    mosaic, out = tmp_path / "mosaic.vrt", tmp_path / "parts"
    rasterio.shutil.copy(town(tmp_path), mosaic, driver="VRT")
    with pytest.raises(Cancelled):
        predict(mosaic, out, Patience(15))
    town(tmp_path)
    last = Patience()
    predict(mosaic, out, last)
    assert len(last.done) == TILES


def test_statistics_that_qgis_leaves_beside_an_image_cost_no_rows(tmp_path: Path) -> None:
    image, out = town(tmp_path), tmp_path / "parts"
    with pytest.raises(Cancelled):
        predict(image, out, Patience(15))
    aside = image.with_name(f"{image.name}.aux.xml")
    statistics = '<Metadata><MDI key="STATISTICS_MEAN">9</MDI></Metadata>'
    band = f'<PAMRasterBand band="1">{statistics}</PAMRasterBand>'
    aside.write_text(f"<PAMDataset>{band}</PAMDataset>")
    assert str(aside) in rasterio.open(image).files
    assert left(image, out) < TILES


def test_another_nodata_beside_an_image_starts_afresh(tmp_path: Path) -> None:
    image, out = town(tmp_path), tmp_path / "parts"
    with pytest.raises(Cancelled):
        predict(image, out, Patience(15))
    bands = "".join(
        f'<PAMRasterBand band="{band}"><NoDataValue>7</NoDataValue></PAMRasterBand>'
        for band in (1, 2, 3)
    )
    image.with_name(f"{image.name}.aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")
    assert inspect(image).nodata == (7.0,) * 3
    assert left(image, out) == TILES


def test_who_sees_an_image_otherwise_starts_afresh(tmp_path: Path) -> None:
    image, tones = town(tmp_path), [Tone((0.2,) * 3, (0.1,) * 3), Tone((0.6,) * 3, (0.2,) * 3)]
    with pytest.raises(Cancelled):
        predict(image, tmp_path / "parts", Patience(15), tone=tones[0])
    last = Patience()
    after = predict(image, tmp_path / "parts", last, tone=tones[1])
    assert len(last.done) == TILES
    assert content(after) == content(predict(image, tmp_path / "whole", Patience(), tone=tones[1]))


def test_another_part_or_other_tiles_start_afresh(tmp_path: Path) -> None:
    image, out = town(tmp_path), tmp_path / "parts"
    with pytest.raises(Cancelled):
        predict(image, out, Patience(15))
    info, known = inspect(image), predictor_of("town-1a2b")
    whole, corner = whole_image(info.grid), Part(Window(0, 0, 170, 205))
    assert tiles_left(known, info, whole, out) < TILES
    for predictor, part in (
        (known, corner),
        (known, replace(whole, inside=box(0, 0, 160, 200))),
        (replace(known, tiling=Tiling(32, 64, 14)), whole),
    ):
        assert tiles_left(predictor, info, part, out) == plan_of(predictor, info, part).tiles


def test_images_that_are_finished_are_not_predicted_again(tmp_path: Path) -> None:
    towns = [town(tmp_path, f"town{number}.tif") for number in (1, 2, 3)]
    whole = predict_all(towns, tmp_path / "whole", Patience())
    with pytest.raises(Cancelled):
        predict_all(towns, tmp_path / "parts", Patience(2 * TILES + 3))
    (tmp_path / "parts" / "town2_class.tif").unlink()
    last = Patience()
    parts = predict_all(towns, tmp_path / "parts", last)
    assert list(map(content, parts)) == list(map(content, whole))
    assert last.notes == ["town1.tif was finished before, and is not predicted again."]
    assert len(last.done) == 2 * TILES
    assert not list((tmp_path / "parts").glob(".*"))


@pytest.mark.parametrize("stop", [1, 5, 9, 19])
def test_what_is_left_is_known_before_it_goes_on(tmp_path: Path, stop: int) -> None:
    image, out = town(tmp_path), tmp_path / "out"
    assert left(image, out) == TILES
    with pytest.raises(Cancelled):
        predict(image, out, Patience(stop))
    assert left(image, out, "other") == TILES
    expected, last = left(image, out), Patience()
    predict(image, out, last)
    assert len(last.done) == expected


def test_nothing_is_left_of_an_image_that_is_finished(tmp_path: Path) -> None:
    towns, out = [town(tmp_path, f"town{number}.tif") for number in (1, 2)], tmp_path / "out"
    with pytest.raises(Cancelled):
        predict_all(towns, out, Patience(TILES + 1))
    assert [left(each, out) for each in towns] == [0, TILES]
    (out / "town1_class.tif").unlink()
    assert left(towns[0], out) == TILES


def test_a_finished_prediction_starts_afresh(tmp_path: Path) -> None:
    image = town(tmp_path)
    for _ in range(2):
        patience = Patience()
        predict(image, tmp_path / "out", patience)
        assert len(patience.done) == TILES and not patience.notes


def test_a_network_that_still_learns_leaves_no_rows(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        predict_all([town(tmp_path)], tmp_path / "out", Patience(15), settled=False)
    assert not (tmp_path / "out").exists()


def test_nobody_else_writes_the_same_rows(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    folder = tmp_path / ".town_weft"
    try:
        RowStore(folder, {"model": "a"})
        owner = {"pid": other.pid, "since": psutil.Process(other.pid).create_time()}
        (folder / "owner.json").write_text(json.dumps(owner))
        with pytest.raises(OutputError, match="by another prediction of the same image; wait"):
            RowStore(folder, {"model": "a"})
    finally:
        other.communicate(b"\n")
    RowStore(folder, {"model": "a"})


def test_rows_of_another_model_that_cannot_be_removed_are_not_taken_for_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".town_weft"
    RowStore(folder, {"model": 1})
    with RowWriter(folder, 0, 4) as rows:
        rows.add(np.ones((2, 4, 8), np.uint8))

    def held(path: Path, **options: object) -> None:
        if not options.get("ignore_errors"):
            raise PermissionError(13, "held by another program", str(path))

    # as Windows does while a virus scanner reads the file
    monkeypatch.setattr("weft.inference.rows.shutil.rmtree", held)
    with pytest.raises(OutputError, match="held by another program"):
        RowStore(folder, {"model": 2})
    assert RowStore(folder, {"model": 1}).finished == 4


def test_rows_count_as_far_as_there_is_no_gap(tmp_path: Path) -> None:
    store = RowStore(tmp_path / ".town_weft", {"model": "a"})
    assert store.finished == 0
    levels = np.arange(60, dtype=np.uint8).reshape(2, 3, 10)
    for row in (0, 3, 9):
        with RowWriter(store.folder, row, row + 3) as rows:
            rows.add(levels[:, :, :7])
            rows.add(levels[:, :, 7:])
    assert store.finished == 6
    again = RowStore(tmp_path / ".town_weft", {"model": "a"})
    read = np.zeros((2, 6, 10), np.uint8)
    for window, kept in again.read():
        rows_, columns = slice(window.row, window.row + 3), slice(window.column, None)
        read[:, rows_, columns][:, :, : window.width] = kept
    assert np.array_equal(read, np.concatenate([levels, levels], axis=1))
    assert not again.dropped
    assert RowStore(tmp_path / ".town_weft", {"model": "b"}).dropped


def test_what_a_killed_process_had_begun_is_dropped(tmp_path: Path) -> None:
    folder = tmp_path / ".town_weft"
    RowStore(folder, {"model": 1})
    begun = folder / "0123456789abcdef.partial"
    begun.write_bytes(b"half a row")
    (folder / "draft").mkdir()
    RowStore(folder, {"model": 1})
    assert {path.name for path in folder.iterdir()} == {"owner.json", "identity.json"}


def test_what_macos_leaves_beside_rows_is_none_of_them(tmp_path: Path) -> None:
    folder = tmp_path / ".town_weft"
    RowStore(folder, {"model": 1})
    with RowWriter(folder, 0, 4) as rows:
        rows.add(np.ones((2, 4, 8), np.uint8))
    (rows_file,) = folder.glob("*.npy.gz")
    rows_file.with_name(f"._{rows_file.name}").write_bytes(b"provenance")
    assert RowStore(folder, {"model": 1}).finished == 4


def test_damaged_rows_are_told_wherever_the_damage_is(tmp_path: Path) -> None:
    store = RowStore(tmp_path / ".town_weft", {"model": "a"})
    levels = np.random.default_rng(0).integers(0, 4, (2, 3, 10)).astype(np.uint8)
    with RowWriter(store.folder, 0, 3) as rows:
        rows.add(levels)
    (path,) = store.folder.glob("*.npy.gz")
    whole = path.read_bytes()
    cut = [whole[:length] for length in range(len(whole))]
    changed = [bytearray(whole) for _ in whole]
    for place, each in enumerate(changed):
        each[place] ^= 0x15
    untold = [each for each in [*cut, *changed] if not is_told(store, path, bytes(each))]
    for each in untold:
        path.write_bytes(each)
        ((_, kept),) = store.read()
        assert np.array_equal(kept, levels)
    assert len(untold) <= 6, "of the header: when and where it was packed"


def is_told(store: RowStore, path: Path, damaged: bytes) -> bool:
    path.write_bytes(damaged)
    try:
        list(store.read())
    except OutputError as error:
        return "is damaged; delete the folder" in str(error)
    return False


def test_rows_that_are_stopped_midway_leave_nothing(tmp_path: Path) -> None:
    def stop_midway() -> None:
        with RowWriter(tmp_path, 0, 3) as rows:
            rows.add(np.zeros((2, 3, 10), np.uint8))
            raise Cancelled

    with pytest.raises(Cancelled):
        stop_midway()
    assert not list(tmp_path.iterdir())
