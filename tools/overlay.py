# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw a result over its images: everything at a glance, and three close-ups of unseen ground.

python tools/overlay.py demo demo/overlay.png
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

DPI = 100
WIDTH, MARGIN, LEGEND = 1600, 16, 44  # pixels
CLOSE_UPS = 3
CLOSE_UP_M = (72.0, 54.0)
APART_M = 100.0
INK = "#1d2430"
FRAME = "#ffd84d"
DASHES = (0, (4, 3))


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, in one CRS in metres; `colours` has one a class."""

    images: tuple[Path, ...]
    found: gpd.GeoDataFrame
    truth: gpd.GeoDataFrame
    areas: gpd.GeoSeries
    colours: dict[str, str]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all images together."""
        boxes = []
        for path in self.images:
            with rasterio.open(path) as dataset:
                boxes.append(dataset.bounds)
        west, south, east, north = np.array(boxes).T
        return west.min(), south.min(), east.max(), north.max()


def read_picture(folder: Path) -> Picture:
    """The sample scene in `folder` with its result."""
    return Picture(
        images=tuple(sorted(folder.glob("town_?.tif"))),
        found=gpd.read_file(folder / "result.gpkg"),
        truth=gpd.read_file(folder / "truth.gpkg", layer="labels"),
        areas=gpd.read_file(folder / "train.gpkg", layer="areas").geometry,
        colours=read_colours(next((folder / "result_weft").glob("*_class.tif"))),
    )


def read_colours(class_raster: Path) -> dict[str, str]:
    """The colours of the classes that a class raster tells of."""
    with rasterio.open(class_raster) as dataset:
        classes = json.loads(dataset.tags()["WEFT_CLASSES"])
    return {each["name"]: each["colour"] for each in classes}


def draw(picture: Picture, out: Path) -> None:
    """Write the picture; the ending of `out` decides the format."""
    west, south, east, north = picture.bounds
    inner = WIDTH - 2 * MARGIN
    overview = inner * (north - south) / (east - west)
    wide = (inner - (CLOSE_UPS - 1) * MARGIN) / CLOSE_UPS
    high = wide * CLOSE_UP_M[1] / CLOSE_UP_M[0]
    height = overview + high + LEGEND + 3 * MARGIN
    figure = Figure((WIDTH / DPI, height / DPI), DPI, facecolor="white")

    def axes(left: float, top: float, width: float, tall: float) -> Axes:
        place = (left / WIDTH, 1 - (top + tall) / height, width / WIDTH, tall / height)
        return figure.add_axes(place)

    whole = axes(MARGIN, MARGIN, inner, overview)
    fill(whole, picture, (west, south, east, north), 0.9)
    draw_scale(whole, 50, 0.515)
    for index, window in enumerate(choose_close_ups(picture)):
        mark(whole, window, "ABC"[index])
        left = MARGIN + index * (wide + MARGIN)
        close_up = axes(left, overview + 2 * MARGIN, wide, high)
        fill(close_up, picture, window, 1.7)
        name(close_up, "ABC"[index])
        draw_scale(close_up, 10, 0.02)
    bottom = axes(MARGIN, overview + high + 3 * MARGIN, inner, LEGEND - MARGIN)
    draw_legend(bottom, picture)
    options = {"quality": 82, "optimize": True} if out.suffix == ".jpg" else {}
    figure.savefig(out, dpi=DPI, pil_kwargs=options)


def fill(
    axes: Axes, picture: Picture, window: tuple[float, float, float, float], stroke: float
) -> None:
    """Images, areas and outlines inside `window` (west, south, east, north)."""
    for path in picture.images:
        with rasterio.open(path) as dataset:
            pixels = np.dstack([*dataset.read(), dataset.dataset_mask()])
            left, bottom, right, top = dataset.bounds
        axes.imshow(pixels, extent=(left, right, bottom, top), interpolation="lanczos")
    casing = [patheffects.Stroke(linewidth=2.2 * stroke, foreground="white"), patheffects.Normal()]
    for class_name, colour in picture.colours.items():
        rings = outlines(picture.found[picture.found["class"] == class_name].geometry)
        axes.add_collection(
            LineCollection(
                rings, colors=colour, linewidths=stroke, path_effects=casing, capstyle="round"
            )
        )
    for ring in outlines(picture.areas):
        axes.plot(*ring.T, color=INK, lw=2.2 * stroke)
        axes.plot(*ring.T, color="white", lw=1.2 * stroke, ls=DASHES)
    west, south, east, north = window
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_visible(False)


def outlines(geometries: gpd.GeoSeries) -> list[NDArray[np.float64]]:
    """Coordinates (n, 2) of all rings."""
    rings = shapely.get_rings(shapely.get_parts(np.asarray(geometries.values)))
    return [shapely.get_coordinates(ring) for ring in rings]


def choose_close_ups(picture: Picture) -> list[tuple[float, float, float, float]]:
    """Windows off the labelled areas: for each class the one with most true objects, then more."""
    taken = picture.areas.union_all()
    classes = list(picture.colours)
    wishes = [*classes, *classes][:CLOSE_UPS]
    chosen = []
    for class_name in wishes:
        objects = np.asarray(picture.truth.geometry[picture.truth["class"] == class_name].values)
        windows = centred_windows(objects, picture.bounds)
        free = windows[~shapely.intersects(windows, taken)]
        inside, _ = shapely.STRtree(objects).query(free, predicate="contains")
        best = free[np.bincount(inside, minlength=len(free)).argmax()]
        taken = shapely.union(taken, shapely.buffer(best, APART_M))
        chosen.append(best)
    return [window.bounds for window in sorted(chosen, key=lambda window: window.bounds[0])]


def centred_windows(
    objects: NDArray[np.object_], bounds: tuple[float, float, float, float]
) -> NDArray[np.object_]:
    """A close-up around each object, moved inside `bounds`."""
    west, south, east, north = bounds
    wide, high = CLOSE_UP_M
    x, y = shapely.get_coordinates(shapely.centroid(objects)).T
    left = np.clip(x - wide / 2, west, east - wide)
    bottom = np.clip(y - high / 2, south, north - high)
    return np.asarray(shapely.box(left, bottom, left + wide, bottom + high))


def mark(axes: Axes, window: tuple[float, float, float, float], letter: str) -> None:
    """A frame with a letter where a close-up lies."""
    west, south, east, north = window
    for width, colour in ((3.5, INK), (1.5, FRAME)):
        frame = Rectangle((west, south), east - west, north - south, fill=False)
        frame.set(linewidth=width, edgecolor=colour, zorder=4)
        axes.add_patch(frame)
    axes.text(west + 3, north - 3, letter, **LETTER, fontsize=11)


def name(axes: Axes, letter: str) -> None:
    """The letter of a close-up in its corner."""
    axes.text(0.02, 0.97, letter, transform=axes.transAxes, **LETTER, fontsize=14)


LETTER: dict[str, Any] = {
    "color": INK,
    "weight": "bold",
    "va": "top",
    "ha": "left",
    "zorder": 5,
    "bbox": {"facecolor": FRAME, "edgecolor": "none", "boxstyle": "round,pad=0.25"},
}


def draw_scale(axes: Axes, metres: int, at: float) -> None:
    """A bar of so many metres at the lower edge, from the share `at` of the width on."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    x, y = west + at * (east - west), south + 0.05 * (north - south)
    glow = [patheffects.withStroke(linewidth=4, foreground=INK)]
    axes.plot(
        [x, x + metres], [y, y], color="white", lw=3, solid_capstyle="butt", path_effects=glow
    )
    axes.text(
        x + metres / 2,
        y + 0.02 * (north - south),
        f"{metres} m",
        color="white",
        ha="center",
        va="bottom",
        fontsize=10,
        path_effects=[patheffects.withStroke(linewidth=2.5, foreground=INK)],
    )


def draw_legend(axes: Axes, picture: Picture) -> None:
    """One line: the classes with how many were found, and what dashes and frames mean."""
    axes.set_axis_off()
    counts = picture.found["class"].value_counts()
    handles: list[Artist | tuple[Artist, ...]] = [
        Line2D([], [], color=colour, lw=3) for colour in picture.colours.values()
    ]
    texts = [f"{each} ({counts.get(each, 0)} found)" for each in picture.colours]
    labelled = (
        Line2D([], [], color=INK, lw=4.4),
        Line2D([], [], color="white", lw=2.4, ls=(0, (2, 1.5))),
    )
    axes.legend(
        [*handles, labelled],
        [*texts, "labelled areas"],
        loc="center",
        ncols=len(handles) + 1,
        frameon=False,
        fontsize=13,
        labelcolor=INK,
        handlelength=2.2,
        columnspacing=3,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the folder, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder that tools/demo.py made")
    parser.add_argument("out", type=Path, help="the picture, .png or .jpg")
    options = parser.parse_args(arguments)
    draw(read_picture(options.folder), options.out)


if __name__ == "__main__":
    main()
