# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows that might be labelled next, and those that the model has learned from."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from weft.grid import Grid, Window

SIDE = 256  # model pixels
MOST_KNOWN = 0.1  # the share of a window that may be labelled already


@dataclass(frozen=True)
class Place:
    """A window of image number `image`, read into `shape` (h, w) pixels of the model's GSD."""

    image: int
    window: Window
    shape: tuple[int, int]


def unlabelled_places(
    image: int, grid: Grid, scale: float, labelled: shapely.Geometry
) -> list[Place]:
    """Windows of SIDE model pixels side by side over the image, without those that are labelled.

    `scale` is the image's GSD over the model's, `labelled` is in the image's pixels. The windows at
    the right and the bottom overlap their neighbours where the image is no multiple of them.
    """
    windows = windows_over(Window(0, 0, grid.width, grid.height), scale)
    boxes = shapely.box(*np.array([[*corners(each)] for each in windows], float).T)
    shapely.prepare(labelled)
    near = shapely.intersects(labelled, boxes)
    known = np.zeros(len(boxes))
    known[near] = shapely.area(shapely.intersection(labelled, boxes[near]))
    free = known <= MOST_KNOWN * shapely.area(boxes)
    return [placed(image, windows[i], scale) for i in np.flatnonzero(free)]


def labelled_places(
    image: int, grid: Grid, scale: float, labelled: shapely.Geometry
) -> list[Place]:
    """Such windows over each polygon of `labelled`, which is in the image's pixels."""
    places: list[Place] = []
    for part in shapely.get_parts(labelled):
        if part.area:
            left, top = (max(0, math.floor(x)) for x in part.bounds[:2])
            right, bottom = (math.ceil(x) for x in part.bounds[2:])
            width, height = min(right, grid.width) - left, min(bottom, grid.height) - top
            windows = windows_over(Window(left, top, width, height), scale)
            places += [placed(image, each, scale) for each in windows]
    return places


def windows_over(whole: Window, scale: float) -> list[Window]:
    """Windows of SIDE model pixels, or less where `whole` is smaller, that cover it evenly."""
    side = max(1, round(SIDE / scale))
    width, height = min(side, whole.width), min(side, whole.height)
    return [
        Window(whole.column + column, whole.row + row, width, height)
        for row in starts(whole.height, height)
        for column in starts(whole.width, width)
    ]


def starts(length: int, side: int) -> list[int]:
    """Where windows of `side` begin that cover `length` evenly; the last one ends at its end."""
    count = -(-length // side)
    between: NDArray[np.float64] = np.linspace(0, length - side, count)
    return [round(start) for start in between.tolist()]


def corners(window: Window) -> tuple[int, int, int, int]:
    """Left, top, right and bottom."""
    right, bottom = window.column + window.width, window.row + window.height
    return window.column, window.row, right, bottom


def placed(image: int, window: Window, scale: float) -> Place:
    """The window in pixels of the model's GSD."""
    shape = (max(1, round(window.height * scale)), max(1, round(window.width * scale)))
    return Place(image, window, shape)


def thinned(places: list[Place], most: int, random: np.random.Generator) -> list[Place]:
    """At most `most` of the places, evenly spread over their order."""
    if len(places) <= most:
        return places
    step = len(places) / most
    chosen = (random.random() + np.arange(most)) * step
    return [places[int(index)] for index in chosen]
