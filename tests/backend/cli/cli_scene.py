# SPDX-License-Identifier: GPL-3.0-or-later
"""A small scene with roofs, and ways to run `weft`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from shapely import box

BACKBONE = "test_efficientnet"
SIDE = 256
GSD = 0.5
LEFT, TOP = 500_000.0, 4_000_000.0
ROOFS = [(20, 20), (90, 30), (170, 20), (30, 100), (110, 110), (190, 120), (60, 190), (150, 190)]
ROOF = 36
AREAS = [(0, 0, 128, 96), (128, 0, 256, 96), (0, 96, 256, 256)]

# Long jobs of other tests share the machine: idle threads must not spin.
QUIET = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "OMP_NUM_THREADS": "2"}


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Scene:
    """Files as an analyst has them; `options` chooses the tiny backbone for training."""

    folder: Path
    image: Path
    train: Path
    weights: Path

    @property
    def labels(self) -> str:
        return f"{self.train}|layername=labels"

    @property
    def areas(self) -> str:
        return f"{self.train}|layername=areas"

    @property
    def options(self) -> list[str]:
        return [
            *("--labels", self.labels, "--areas", self.areas, "--backbone", BACKBONE),
            *("--backbone-weights", str(self.weights), "--adapter", "linear"),
            *("--steps", "2", "--device", "cpu"),
        ]


def draw(bands: int, dtype: str = "uint8", side: int = SIDE) -> np.ndarray:
    """Bright roofs on dark noisy ground, (bands, side, side)."""
    rng = np.random.default_rng(0)
    pixels = rng.normal(60, 8, (bands, side, side))
    for column, row in ROOFS:
        pixels[:, row : row + ROOF, column : column + ROOF] += 120
    return pixels.clip(1, 255).astype(dtype)


def write_image(path: Path, pixels: np.ndarray, gsd: float = GSD, **change: Any) -> Path:
    """A GeoTIFF in UTM 33 whose upper left corner is that of the scene."""
    profile = {
        "driver": "GTiff",
        "crs": "EPSG:32633",
        "transform": Affine(gsd, 0, LEFT, 0, -gsd, TOP),
        "count": pixels.shape[0],
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype,
    }
    with rasterio.open(path, "w", **(profile | change)) as dataset:
        dataset.write(pixels)
    return path


def boxes(pixels: list[tuple[int, int, int, int]]) -> list[Any]:
    """Rectangles (left, top, right, bottom) in pixels, on the ground."""
    return [
        box(LEFT + a * GSD, TOP - d * GSD, LEFT + c * GSD, TOP - b * GSD) for a, b, c, d in pixels
    ]


def roof_boxes() -> list[Any]:
    return boxes([(column, row, column + ROOF, row + ROOF) for column, row in ROOFS])


def write_layer(path: Path, layer: str, geometries: list[Any], **fields: Any) -> Path:
    columns = {name: [value] * len(geometries) for name, value in fields.items()}
    frame = gpd.GeoDataFrame(columns, geometry=geometries, crs="EPSG:32633")
    frame.to_file(path, layer=layer, driver="GPKG")
    return path


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file below `folder`, hidden ones included, with its bytes; None for folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def shown(folder: Path) -> dict[str, bytes | None]:
    """What is there, but for hidden folders: they keep rows of a prediction that was stopped."""
    return {
        name: content
        for name, content in contents(folder).items()
        if not any(part.startswith(".") for part in Path(name).parts)
    }


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "weft", *map(str, arguments)]


def run_process(*arguments: object, **options: Any) -> Outcome:
    """Runs a command in a process of its own."""
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, env=os.environ | QUIET, **options
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(*arguments: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A command that runs while the block does; killed at its end if need be."""
    process = subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | QUIET,
        **options,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
