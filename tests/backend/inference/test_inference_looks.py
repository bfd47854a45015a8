# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a view while a network still learns: they never stop the training."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from small_networks import ORIGIN, card, small_network, write_image

from weft.device import cpu
from weft.errors import Cancelled
from weft.grid import Window
from weft.inference.part import Extent, Part
from weft.jobs import look
from weft.jobs.look import Looks, View, middle, middle_of
from weft.jobs.predict import PredictResult
from weft.progress import Context
from weft.raster import inspect

CARD = card("test_resnet", "linear")
SIDES = st.integers(1, 5000)


class Listener:
    """What the context was told."""

    def __init__(self, folder: Path) -> None:
        self.results: list[PredictResult] = []
        self.notes: list[str] = []
        self.reports: list[object] = []
        self.context = Context(
            folder, self.reports.append, self.notes.append, deliver=self.results.append
        )


def ground(left: float, top: float, right: float, bottom: float) -> Extent:
    """A box of pixels of 0.5 m as an extent."""
    x, y = ORIGIN
    west, east, north, south = x + left / 2, x + right / 2, y - top / 2, y - bottom / 2
    corners = ((west, north), (east, north), (east, south), (west, south), (west, north))
    ring = ", ".join(f"{one} {other}" for one, other in corners)
    return Extent(f"POLYGON (({ring}))", "EPSG:32633")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 200, (3, 90, 120)).astype(np.uint8)
    return write_image(tmp_path / "town.tif", pixels)


def looks_at(extent: Extent, image: Path, listener: Listener, out: Path) -> Looks:
    network = small_network("test_resnet", "linear")
    return Looks(View(extent, out), [inspect(image)], network, cpu("test"), listener.context)


@given(SIDES, SIDES, st.floats(1, 1e7))
def test_the_middle_is_inside_in_the_middle_and_no_larger_than_asked(
    width: int, height: int, pixels: float
) -> None:
    whole = Window(7, 11, width, height)
    window = middle(Part(whole), pixels).window
    before = window.column - whole.column, window.row - whole.row
    after = width - before[0] - window.width, height - before[1] - window.height
    assert all(0 <= after[i] - before[i] <= 1 for i in (0, 1)) and min(before) >= 0
    # a row and a column may be more, for what is rounded up
    assert window.width * window.height <= pixels + window.width + window.height
    if width * height <= pixels:
        assert window == whole


def test_a_coarse_image_gives_as_many_pixels_of_the_model(image: Path) -> None:
    parts = middle_of(ground(0, 0, 120, 90), [inspect(image)], replace(CARD, gsd_m=0.25))
    (part,) = parts.values()
    assert part.window == Window(0, 0, 120, 90)


def test_each_look_is_handed_on_in_a_folder_of_its_own(
    tmp_path: Path, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "MOST_PIXELS", 40 * 30)
    listener = Listener(tmp_path)
    looks = looks_at(ground(20, 10, 100, 70), image, listener, tmp_path / "looks")
    looks.take(CARD)
    looks.take(CARD)
    first, second = (result.images[0].probability for result in listener.results)
    assert first != second
    assert listener.results[0].classes == ("roof", "ship")
    with rasterio.open(first) as whole, rasterio.open(second) as again:
        assert (whole.width, whole.height, whole.count) == (40, 30, 3)
        assert whole.bounds.left == ORIGIN[0] + 20 and whole.bounds.top == ORIGIN[1] - 12.5
        assert np.array_equal(whole.read(), again.read())
    assert not listener.reports and not listener.notes


def test_a_view_beside_the_images_is_passed_over(tmp_path: Path, image: Path) -> None:
    listener = Listener(tmp_path)
    looks_at(ground(500, 500, 600, 600), image, listener, tmp_path / "looks").take(CARD)
    assert not listener.results and not listener.notes
    assert not (tmp_path / "looks").exists()


def test_a_view_that_cannot_be_shown_is_noted_once(tmp_path: Path, image: Path) -> None:
    listener = Listener(tmp_path)
    extent = replace(ground(0, 0, 50, 50), crs="EPSG:999999")
    looks = looks_at(extent, image, listener, tmp_path / "looks")
    looks.take(CARD)
    looks.take(CARD)
    (note,) = listener.notes
    assert note.startswith("The view cannot be shown while it trains: The extent's CRS")


def test_images_of_one_name_do_not_overwrite_each_other(tmp_path: Path, image: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Path(shutil.copy(image, tmp_path / "other"))
    listener = Listener(tmp_path)
    looks = looks_at(ground(0, 0, 50, 50), image, listener, tmp_path / "looks")
    looks.infos = [inspect(image), inspect(other)]
    looks.take(CARD)
    assert not listener.results
    (note,) = listener.notes
    assert "2 images are called town" in note


def test_a_cancel_leaves_nothing_half_written(tmp_path: Path, image: Path) -> None:
    listener = Listener(tmp_path)
    listener.context = replace(listener.context, is_cancelled=lambda: True)
    looks = looks_at(ground(0, 0, 50, 50), image, listener, tmp_path / "looks")
    with pytest.raises(Cancelled):
        looks.take(CARD)
    assert not (tmp_path / "looks").exists()
