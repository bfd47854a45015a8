# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and images in, a file of windows to label next out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from weft.device import Device, choose_device
from weft.errors import RequestError
from weft.grid import Grid, to_pixels
from weft.jobs.memory import model_within_memory
from weft.jobs.start import Ground, ground_known
from weft.labels.place import outline, to_plane
from weft.labels.read import read_areas
from weft.labels.source import LabelSource
from weft.model import Model, check_image, image_scale, load_model
from weft.outputs import check_apart
from weft.polygons.formats import check_output
from weft.polygons.write import write_polygons
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect
from weft.raster.read import RasterReader
from weft.suggestions.looks import Look, look
from weft.suggestions.places import Place, labelled_places, thinned, unlabelled_places
from weft.suggestions.ranking import REASONS, Candidates, Pick, novelty, rank
from weft.suggestions.second_opinion import SecondOpinion, ask

MOST_PLACES = 256
MOST_LEARNED = 32
MOST_COUNT = 100

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class SuggestRequest:
    """Where `count` windows shall be found. Ground that `model` has learned from is left out, and
    so are `areas`, where they are newer than the model.
    """

    model: Path
    images: tuple[Path, ...]
    out: Path
    areas: LabelSource | None = None
    count: int = 5
    device: str = "auto"
    backbone_weights: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Suggestion:
    """A window to label: its image, its outline as WKT in the CRS of the file, and why.

    `score` is how much it promises, from 0 to 1; `reason` is a key of REASONS.
    """

    image: Path
    wkt: str
    score: float
    reason: str


@dataclass(frozen=True)
class SuggestResult:
    """The file, whose CRS is `crs` as WKT, and the windows in it, best first."""

    out: Path
    crs: str | None
    suggestions: tuple[Suggestion, ...]


def suggest(request: SuggestRequest, context: Context) -> SuggestResult:
    """Rank windows by what the model would learn from them, and write them to `request.out`."""
    check_request(request)
    model = load_model(request.model, request.backbone_weights)
    infos = [inspect(path) for path in request.images]
    check_coordinates(infos)
    for info in infos:
        for remark in check_image(model.card, info):
            context.note(remark)
    learned, places = find_places(request, model, infos)
    device = choose_device(request.device)
    seeing = Seeing(model, device, infos, context)
    with model_within_memory(device):
        taught = seeing.look_at(learned, "Looking at what is labelled", lambda each: each)
        opinion = ask(list(taught.values())) if taught else None
        found = seeing.look_at(
            places, "Looking for what to label", lambda each: judge(each, opinion, taught.values())
        )
    if not found:
        raise RequestError(
            "Nothing on the images is left to label: all that has data is labelled already; give "
            "other images."
        )
    picks = rank(candidates(found), request.count)
    chosen = [list(found)[pick.index] for pick in picks]
    frame = as_frame(picks, chosen, infos)
    write_polygons(frame, request.out)
    return SuggestResult(
        request.out,
        frame.crs and frame.crs.to_wkt(),
        tuple(
            Suggestion(infos[place.image].path, polygon.wkt, pick.score, pick.reason)
            for pick, place, polygon in zip(picks, chosen, frame.geometry, strict=True)
        ),
    )


def check_request(request: SuggestRequest) -> None:
    """RequestError or OutputError for what cannot work, before anything is read."""
    if not request.images:
        raise RequestError("There is no image to look at; give at least one.")
    if not 1 <= request.count <= MOST_COUNT:
        raise RequestError(
            f"{request.count} windows cannot be suggested; give --count from 1 to {MOST_COUNT}."
        )
    if request.seed < 0:
        raise RequestError(f"The seed {request.seed} is negative; give 0 or more.")
    check_output(request.out)
    sources = [request.areas.path] if request.areas else []
    check_apart([request.out], [request.model, *request.images, *sources])


def check_coordinates(infos: Sequence[RasterInfo]) -> None:
    """RequestError when some images have a CRS and others none: one file cannot hold both."""
    lacking = [info.path for info in infos if info.grid.crs is None]
    if 0 < len(lacking) < len(infos):
        raise RequestError(
            f"{lacking[0]} has no CRS, but other images have one; assign it in QGIS, or ask for "
            "suggestions on it alone."
        )


def find_places(
    request: SuggestRequest, model: Model, infos: Sequence[RasterInfo]
) -> tuple[list[Place], list[Place]]:
    """Windows of ground that the model has learned from, and windows that might be labelled next.

    On areas that are newer than the model its answers are not yet the labels.
    """
    areas = None if request.areas is None else read_areas(request.areas)
    known = ground_known(model.card.training)
    learned: list[Place] = []
    places: list[Place] = []
    for index, info in enumerate(infos):
        scale = image_scale(model.card, info)
        before = labelled_ground(known, None, info.grid)
        now = labelled_ground(known, areas, info.grid)
        learned += labelled_places(index, info.grid, scale, before)
        places += unlabelled_places(index, info.grid, scale, now)
    random = np.random.default_rng(request.seed)
    return thinned(learned, MOST_LEARNED, random), thinned(places, MOST_PLACES, random)


def labelled_ground(known: Ground, areas: gpd.GeoSeries | None, grid: Grid) -> shapely.Geometry:
    """What is labelled of an image, in its pixels; empty where that is not known."""
    polygons: list[shapely.Geometry] = []
    if known.seen is not None and (known.crs is None) == (grid.crs is None):
        polygons += known.labelled_in(grid.crs)
    if areas is not None:
        polygons += list(to_plane(areas, grid.crs).values)
    pixels = to_pixels(np.array(polygons, dtype=object), grid.transform)
    whole = shapely.union_all(shapely.make_valid(pixels))
    return shapely.intersection(whole, shapely.box(0, 0, grid.width, grid.height))


@dataclass(frozen=True)
class Seeing:
    """A model on a device, and the images that it looks at."""

    model: Model
    device: Device
    infos: Sequence[RasterInfo]
    context: Context

    def look_at(
        self, places: Sequence[Place], text: str, keep: Callable[[Look], Kept]
    ) -> dict[Place, Kept]:
        """What to `keep` of each place that has data; a look itself takes up to a megabyte."""
        network = self.model.network.to(self.device.torch)
        kept: dict[Place, Kept] = {}
        done = 0
        for image, group in groupby(places, key=lambda place: place.image):
            info = self.infos[image]
            stretch = self.model.stretch_of(info)
            with RasterReader(info.path, self.model.card.bands, stretch) as reader:
                for place in group:
                    self.context.check_cancelled()
                    self.context.progress(done, len(places), text, device=self.device.name)
                    seen = look(network, self.device, reader.read(place.window, place.shape))
                    if len(seen.features):
                        kept[place] = keep(seen)
                    done += 1
        return kept


@dataclass(frozen=True)
class Judgement:
    """What the ranking knows of a window: what it looks like (F,), and its scores by name."""

    seen: NDArray[np.float32]
    scores: dict[str, float]


def judge(each: Look, opinion: SecondOpinion | None, taught: Iterable[Look]) -> Judgement:
    """Doubt alone where it is not known what the model has learned from."""
    scores = {"doubt": float(each.doubt.mean())}
    if opinion is not None:
        scores["contradiction"] = opinion.contradiction(each)
        scores["novelty"] = novelty(each.seen, [other.seen for other in taught])
    return Judgement(each.seen, scores)


def candidates(found: dict[Place, Judgement]) -> Candidates:
    """The windows, as the ranking takes them."""
    every = list(found.values())
    names = every[0].scores
    sides = [
        (
            place.image,
            place.window.row / place.window.height,
            place.window.column / place.window.width,
        )
        for place in found
    ]
    return Candidates(
        {name: np.array([each.scores[name] for each in every]) for name in names},
        np.stack([each.seen for each in every]),
        np.array(sides),
    )


def as_frame(
    picks: Sequence[Pick], chosen: Sequence[Place], infos: Sequence[RasterInfo]
) -> gpd.GeoDataFrame:
    """The windows in the CRS of the first image, best first."""
    crs = infos[0].grid.crs
    frames = []
    for number, (pick, place) in enumerate(zip(picks, chosen, strict=True), 1):
        info, window = infos[place.image], place.window
        box = outline(info.grid.window_transform(window), (window.height, window.width))
        row = {
            "rank": [number],
            "reason": [REASONS[pick.reason]],
            "score": [pick.score],
            "source": [info.path.name],
        }
        frames.append(to_plane(gpd.GeoDataFrame(row, geometry=[box], crs=info.grid.crs), crs))
    frame = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=crs)
    return frame.astype({"reason": object, "source": object})
