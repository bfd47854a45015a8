# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how large `weft vectorise` is.

    python benchmarks/outlines.py [--sides 8192 32768]

The command with all fields, confidence, simplification and spatial index, on masks of clean and of
noisy buildings, against the bare outlines of gdal_polygonize, and how its peak grows with
the size of the raster. Masks are random and repeated to size. Writes the figures to --out.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyogrio
import rasterio
from machine import this_machine
from measured import Measured, measure
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.windows import Window
from scipy import ndimage
from shapely import affinity, box
from tables import figure, table, write_section

TITLE = "Speed and memory of polygons"
GRAIN = 4096  # pixels of a side after which masks repeat
EMPTY_SIDE = 512  # of a raster on which a command does little but start
GSD = 0.15
CLEAN, NOISY = 232, 12_500  # objects in so many pixels, about

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Row:
    """One command on one mask."""

    mask: str
    command: str
    measured: tuple[Measured, ...]
    polygons: int

    @property
    def seconds(self) -> float:
        """The median over all rounds."""
        return statistics.median(each.seconds for each in self.measured)

    @property
    def peak_mib(self) -> float:
        """The highest peak of all rounds."""
        return max(each.peak_mib for each in self.measured)


def main() -> None:
    """Make masks, run both commands, write."""
    options = parse()
    rows = []
    with tempfile.TemporaryDirectory(prefix="weft-outlines-") as scratch:
        folder = Path(scratch)
        nothing = np.zeros((GRAIN, GRAIN), np.uint8)
        cases = [("empty", nothing, EMPTY_SIDE)]
        for name, mask in (("clean", clean_mask()), ("noisy", noisy_mask())):
            cases += [(name, mask, side) for side in options.sides]
        for name, mask, side in cases:
            rasters = write_prediction(mask, side, folder)
            rows += compare(f"{name}, {side} x {side}", rasters, folder, options.rounds)
    write_section(options.out, TITLE, report(rows))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sides", type=int, nargs="+", default=(8192,), help="in pixels")
    parser.add_argument("--rounds", type=int, default=3, help="of all commands, by turns")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    return parser.parse_args()


def clean_mask() -> Mask:
    """Rectangles in all directions, some of which touch, (GRAIN, GRAIN) of 0 and 1."""
    random = np.random.default_rng(0)
    boxes = []
    for _ in range(CLEAN):
        sides, place = random.uniform(40, 160, 2), random.uniform(100, GRAIN - 100, 2)
        turned = affinity.rotate(box(0, 0, *sides), random.uniform(0, 90))
        boxes.append(affinity.translate(turned, *place))
    return rasterize(boxes, (GRAIN, GRAIN), dtype=np.uint8)


def noisy_mask() -> Mask:
    """Smoothed noise above a level, (GRAIN, GRAIN) of 0 and 1."""
    noise = np.random.default_rng(0).standard_normal((GRAIN, GRAIN), np.float32)
    smooth = ndimage.gaussian_filter(noise, 6)
    levels = np.quantile(smooth, [0.7, 0.75, 0.8, 0.85, 0.9])
    counts = [abs(ndimage.label(smooth > level)[1] - NOISY) for level in levels]
    return (smooth > levels[int(np.argmin(counts))]).astype(np.uint8)


def write_prediction(mask: Mask, side: int, folder: Path) -> tuple[Path, Path]:
    """The class raster and the probability raster of a mask, as predict writes them."""
    depth = ndimage.distance_transform_edt(mask)
    levels = np.stack([mask * np.uint8(230), ((depth > 5) * 240).astype(np.uint8)])
    paths = folder / "town_class.tif", folder / "town_prob.tif"
    for path, tile, pair in ((paths[0], mask[None], paths[1]), (paths[1], levels, paths[0])):
        tags = {
            "WEFT_CLASSES": json.dumps([{"name": "building", "colour": "#ff0000"}]),
            "WEFT_KIND": path.stem.removeprefix("town_").replace("prob", "probability"),
            "WEFT_PAIR": pair.name,
        }
        write_repeated(path, tile, side, tags)
    return paths


def write_repeated(path: Path, tile: Mask, side: int, tags: dict[str, str]) -> None:
    """`tile` (bands, GRAIN, GRAIN) side by side on a raster of `side` pixels."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(tile),
        width=side,
        height=side,
        dtype="uint8",
        nodata=255,
        crs="EPSG:32633",
        transform=rasterio.Affine(GSD, 0, 500_000, 0, -GSD, 4_000_000),
        tiled=True,
        blockxsize=512,
        blockysize=512,
        compress="deflate",
        interleave="band",
    ) as dataset:
        dataset.update_tags(**tags)
        for row in range(0, side, GRAIN):
            for column in range(0, side, GRAIN):
                height, width = min(GRAIN, side - row), min(GRAIN, side - column)
                dataset.write(tile[:, :height, :width], window=Window(column, row, width, height))


def compare(name: str, rasters: tuple[Path, Path], folder: Path, rounds: int) -> list[Row]:
    """The commands on one mask, one after the other, so many rounds."""
    weft = [sys.executable, "-m", "weft", "vectorise", str(rasters[0]), "--simplify", str(GSD)]
    alone = rasters[0].with_name("alone.tif")
    shutil.copy(rasters[0], alone)
    with rasterio.open(alone, "r+") as dataset:
        dataset.update_tags(WEFT_PAIR="")
    bare = [*weft[:4], str(alone), *weft[5:]]
    commands = {
        "weft, objects that touch told apart": [*weft, "--out"],
        "weft, without": [*weft, "--no-split", "--out"],
        "weft, class raster alone": [*bare, "--out"],
    }
    polygonize = shutil.which("gdal_polygonize.py") or shutil.which("gdal_polygonize")
    if polygonize:
        commands["gdal_polygonize"] = [polygonize, "-q", str(alone), "-mask", str(alone)]
    out = folder / "out.gpkg"
    found: dict[str, list[Measured]] = {label: [] for label in commands}
    counts = {}
    for _ in range(rounds):
        for label, command in commands.items():
            found[label].append(run(f"{name}, {label}", command, out))
            counts[label] = pyogrio.read_info(out, force_feature_count=True)["features"]
    return [Row(name, label, tuple(found[label]), counts[label]) for label in commands]


def run(label: str, command: Sequence[str], out: Path) -> Measured:
    """Measure a command that writes to `out`, its last argument."""
    out.unlink(missing_ok=True)
    result = measure([*command, str(out)])
    if result.status != 0:
        sys.exit(f"{label} failed: {result.last_words}")
    print(f"{label}: {result.seconds:.1f} s, {result.peak_mib:.0f} MiB", flush=True)
    return result


def report(rows: Sequence[Row]) -> str:
    """All figures as a table."""
    cells = [
        [
            row.mask,
            row.command,
            str(row.polygons),
            figure(row.seconds, 1),
            figure(row.peak_mib),
        ]
        for row in rows
    ]
    columns = ["mask", "command", "polygons", "seconds", "peak memory, MiB"]
    return (
        "Each command is a process of its own, its start included, and writes a GeoPackage with "
        "spatial index. `weft vectorise` adds class, confidence (but for the class raster alone), "
        "area and perimeter, and simplifies by a pixel; gdal_polygonize writes bare outlines. On "
        "the empty raster they do little but start. "
        f"Seconds are the median of {len(rows[0].measured)} rounds by turns.\n\n"
        f"Machine: {this_machine()}. Measured {datetime.now(UTC).date().isoformat()}.\n\n"
        f"{table(columns, cells)}"
    )


if __name__ == "__main__":
    main()
