# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks, engines and images small enough for tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from affine import Affine
from numpy.typing import NDArray

from weft.adapters.registry import find_adapter
from weft.backbones.registry import find_backbone
from weft.backbones.wrapping import wrap
from weft.bundle import FoundObjects, ModelCard, ModelClass, TrainingFigures
from weft.grid import Grid
from weft.inference.blend import Block
from weft.inference.engines import Batch
from weft.inference.part import whole_image
from weft.inference.pipeline import predict_blocks
from weft.inference.plan import plan_tiles
from weft.model import Model
from weft.network import Network
from weft.raster import Stretch, inspect

ORIGIN = (500_000.0, 4_000_000.0)


def small_network(backbone: str, adapter: str, bands: int = 3, classes: int = 2) -> Network:
    """A network with random weights, gates included, so that every part does something."""
    torch.manual_seed(0)
    spec = find_backbone(backbone)
    frozen = wrap(spec.build(), spec.mean, spec.std)
    network = Network(frozen, find_adapter(adapter), bands, classes)
    with torch.no_grad():
        for parameter in network.trained_parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return network.eval()


def card(backbone: str, adapter: str, **change: Any) -> ModelCard:
    """A card for `small_network`."""
    facts: dict[str, Any] = {
        "backbone": backbone,
        "backbone_digest": "0" * 64,
        "adapter": adapter,
        "bands": (1, 2, 3),
        "dtype": "uint8",
        "low": (0.0, 1.0, 2.0),
        "high": (200.0, 201.0, 202.5),
        "gsd_m": 0.5,
        "classes": (ModelClass("roof", "#e41a1c"), ModelClass("ship", "#377eb8")),
        "training": TrainingFigures(
            *(1.0, 2, 0, 0.5, None, 1, {"roof": 3}, ("town.tif",)),
            held_out_objects=(FoundObjects.of(3, 4, 5), FoundObjects.of(0, 0, 0)),
        ),
    }
    return ModelCard(**(facts | change))


def small_model(backbone: str, adapter: str) -> Model:
    """A model that need not be loaded."""
    return Model(f"{adapter}-12345678", card(backbone, adapter), small_network(backbone, adapter))


class FunctionEngine:
    """Probabilities (B, 1 + count, h, w) by a function of pixels (B, bands, h, w)."""

    name = "function"

    def __init__(self, function: Callable[[Batch], Batch], batch: int = 1, lanes: int = 1) -> None:
        self.function, self.batch, self.lanes = function, batch, lanes
        self.sizes: list[int] = []

    def predict(self, pixels: Batch) -> Batch:
        self.sizes.append(len(pixels))
        return self.function(pixels)


def first_band(pixels: Batch) -> Batch:
    """The first band is the probability of the only class."""
    return np.stack([1 - pixels[:, 0], pixels[:, 0]], axis=1)


def write_image(path: Path, pixels: NDArray[Any], gsd: float = 0.5, **change: Any) -> Path:
    """A GeoTIFF (bands, h, w) in UTM 33."""
    profile = {
        "driver": "GTiff",
        "crs": "EPSG:32633",
        "transform": Affine(gsd, 0, ORIGIN[0], 0, -gsd, ORIGIN[1]),
        "count": pixels.shape[0],
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype,
    }
    with rasterio.open(path, "w", **(profile | change)) as dataset:
        dataset.write(pixels)
    return path


def predict_whole(
    path: Path, engine: Any, side: int, overlap: int, scale: float = 1.0, count: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Probabilities (count, H, W) and validity (H, W) of a whole image, stretched from 0..255."""
    info = inspect(path)
    plan = plan_tiles(whole_image(info.grid), scale, side, overlap)
    stretch = Stretch((0.0,) * info.bands, (255.0,) * info.bands)
    probabilities = np.full((count, info.grid.height, info.grid.width), np.nan, np.float32)
    valid = np.zeros((info.grid.height, info.grid.width), bool)
    blocks = predict_blocks(path, info.data_bands, stretch, engine, plan, count, lambda done: None)
    for block in blocks:
        place = place_of(block)
        probabilities[:, *place], valid[place] = block.probabilities, block.valid
    assert not np.isnan(probabilities).any()
    return probabilities, valid


def place_of(block: Block) -> tuple[slice, slice]:
    """The rows and columns of an image that a block holds."""
    height, width = block.valid.shape
    return slice(block.row, block.row + height), slice(block.column, block.column + width)


def plain_grid(width: int, height: int) -> Grid:
    """A grid without a place on earth."""
    return Grid(None, Affine.identity(), width, height)
