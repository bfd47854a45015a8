# SPDX-License-Identifier: GPL-3.0-or-later
"""A small scene that a network can learn in seconds: bright squares on dark ground."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
import torch
from affine import Affine
from pyproj import CRS

from weft.adapters.registry import find_adapter
from weft.backbones.registry import find_backbone
from weft.backbones.wrapping import wrap
from weft.device import Device
from weft.grid import Grid
from weft.labels.read import Labels
from weft.network import Network
from weft.raster.stretch import Stretch
from weft.training.patches import PatchStore, Sources
from weft.training.regions import Region, plan_regions

UTM = CRS.from_epsg(32633)
TO_UTM = Affine(0.5, 0, 500_000, 0, -0.5, 4_000_000)
CPU = Device(torch.device("cpu"), "CPU", "asked for", torch.float32)

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Scene:
    """A written image with its labels and areas, planned for training."""

    grid: Grid
    sources: Sources
    regions: list[Region]
    store: PatchStore


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are faster without threads, most of all on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def on_ground(box: Box) -> shapely.Polygon:
    """A box of pixels (left, top, right, bottom) in UTM coordinates."""
    corners = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]
    return shapely.Polygon([TO_UTM @ corner for corner in corners])


MakeScene = Callable[..., Scene]


@pytest.fixture
def make_scene(tmp_path: Path) -> MakeScene:
    """An image (3, h, w) of bytes with labels and areas given as boxes of pixels."""

    def make(
        array: np.ndarray, labels: list[tuple[str, Box]], areas: list[Box] | None, **profile: object
    ) -> Scene:
        path = tmp_path / "image.tif"
        settings = {
            "driver": "GTiff",
            "crs": UTM,
            "transform": TO_UTM,
            "count": array.shape[0],
            "height": array.shape[1],
            "width": array.shape[2],
            "dtype": array.dtype,
        }
        with rasterio.open(path, "w", **(settings | profile)) as dataset:
            dataset.write(array)
        names, boxes = zip(*labels, strict=True)
        frame = gpd.GeoDataFrame(
            {"class": names}, geometry=[on_ground(box) for box in boxes], crs=UTM
        )
        classes = tuple(sorted(set(names) - {"background"}))
        grid = Grid(UTM, TO_UTM, array.shape[2], array.shape[1])
        ground = None if areas is None else gpd.GeoSeries([on_ground(a) for a in areas], crs=UTM)
        bands = tuple(range(1, len(array) + 1))
        stretch = Stretch((0.0,) * len(bands), (255.0,) * len(bands))
        sources = Sources((path,), bands, stretch, Labels(frame, classes), ground, classes)
        regions = plan_regions([grid], sources.labels, ground, [1.0])
        return Scene(grid, sources, regions, PatchStore(sources, regions))

    return make


AREAS: tuple[Box, ...] = (
    (8, 8, 88, 88),
    (104, 8, 184, 88),
    (8, 104, 88, 184),
    (104, 104, 184, 184),
)


@pytest.fixture
def squares(make_scene: MakeScene) -> Scene:
    """Bright squares on dark ground, all labelled, in four areas 16 pixels apart."""
    random = np.random.default_rng(0)
    array = random.integers(20, 70, (3, 192, 192))
    labels: list[tuple[str, Box]] = []
    for left, top, _, _ in AREAS:
        for column, row in ((4, 6), (44, 10), (10, 46), (52, 50)):
            side = int(random.integers(14, 22))
            x, y = left + column, top + row
            array[:, y : y + side, x : x + side] += 120
            labels.append(("roof", (x, y, x + side, y + side)))
    return make_scene(array.astype(np.uint8), labels, list(AREAS))


@pytest.fixture
def tiny_network() -> Callable[..., Network]:
    """A network with seeded random weights, on timm's smallest ResNet unless told otherwise."""

    def make(
        adapter: str = "weft", classes: int = 1, seed: int = 0, name: str = "test_resnet"
    ) -> Network:
        torch.manual_seed(seed)
        spec = find_backbone(name)
        backbone = wrap(spec.build(), spec.mean, spec.std)
        return Network(backbone, find_adapter(adapter), 3, classes)

    return make
