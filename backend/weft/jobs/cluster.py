# SPDX-License-Identifier: GPL-3.0-or-later
"""Prediction by the workers of a dask cluster, which share storage: pieces of images as tasks.

dask sends tasks as pickles, so that whoever reaches a scheduler or its workers can run code there:
they belong into a network of one's own.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from weft.backbones.weights import HUB
from weft.errors import ModelError, OutputError, RequestError
from weft.inference.plan import Plan, Tiling
from weft.inference.rows import RowStore
from weft.inference.tta import choose_ways
from weft.jobs.engine_choice import prepare, tiling_of
from weft.jobs.predict_request import PredictRequest, choose_parts
from weft.jobs.predictors import LocalPredictor, SeenPart, plan_of
from weft.model import Model, load_model
from weft.progress import Context

PATIENCE_S = 5.0
PAUSE_S = 0.2
PIECES_A_THREAD = 2
# The row of tiles above each piece is predicted twice: fewer rows cost more, more are lost with a
# worker.
LEAST_ROWS, MOST_ROWS = 4, 32
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Piece:
    """Rows of tiles of one image, for the row store in the folder `rows`."""

    request: PredictRequest
    model: str
    seen: SeenPart
    rows: Path
    first: int
    stop: int


@dataclass(frozen=True)
class ClusterPredictor:
    """Has the workers of the scheduler at `request.scheduler` predict."""

    request: PredictRequest
    model: Model
    tiling: Tiling
    settled: bool = True

    @property
    def engine_name(self) -> str:
        """See `Predictor`."""
        ways = "" if self.request.tta == 1 else f", each tile {self.request.tta} ways"
        return f"{self.request.engine} on a cluster{ways}"

    def fill(self, seen: SeenPart, store: RowStore, context: Context) -> None:
        """See `Predictor`."""
        plan = plan_of(self, seen.info, seen.part)
        image = seen.info.path.resolve()
        request = as_seen_from_anywhere(self.request, image)
        there = replace(seen, info=replace(seen.info, path=image))
        with connect(str(self.request.scheduler)) as client:
            threads = sum(client.ncores().values())
            pieces = [
                Piece(request, self.model.identity, there, store.folder.resolve(), first, stop)
                for first, stop in cut(plan, threads)
                if not store.has(plan.top(first), plan.rows.ends[stop - 1])
            ]
            name = f"{self.engine_name}, {threads} tasks at a time"
            carry_out(client, pieces, plan, f"Predicting {image.name}", name, context)
        if store.finished < plan.rows.length:
            raise OutputError(
                f"The workers have written nothing to {store.folder.parent}; choose a folder with "
                "--out that they all reach by the same name."
            )


def as_seen_from_anywhere(request: PredictRequest, image: Path) -> PredictRequest:
    """The same of one image, by absolute paths; what is no file of this machine stays."""
    weights = request.backbone_weights
    local = weights is not None and not weights.startswith(HUB)
    return replace(
        request,
        images=(image,),
        model=request.model.resolve(),
        backbone_weights=str(Path(weights).resolve()) if weights and local else weights,
    )


def find_cluster(request: PredictRequest, model: Model) -> ClusterPredictor:
    """The cluster that the request names; RequestError where it cannot be had."""
    # one for all workers, so that pixels do not tell which of them predicted
    engine = "torch" if request.engine == "auto" else request.engine
    request = replace(
        request, engine=engine, tta=choose_ways(1 if request.tta is None else request.tta, ())
    )
    predictor = ClusterPredictor(request, model, tiling_of(request, model))
    with connect(str(request.scheduler)):
        return predictor


@contextmanager
def connect(address: str) -> Iterator[Any]:
    """A client of the scheduler at `address`, which has workers."""
    if not address.strip():
        raise RequestError(
            "No scheduler is named; give --scheduler its address, tcp://host:8786 for example."
        )
    try:
        from distributed import Client
    except ImportError as reason:
        raise RequestError(
            "--scheduler needs the package distributed; install it with "
            "pip install 'weft[cluster]'."
        ) from reason
    try:
        client: Any = Client(address, timeout=PATIENCE_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as reason:
        raise RequestError(
            f"There is no scheduler at {address}; start one with 'dask scheduler', or leave out "
            "--scheduler."
        ) from reason
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_S)
        except TimeoutError as reason:
            raise RequestError(
                f"The scheduler at {address} has no workers; start some with "
                f"'dask worker {address} --nthreads 1'."
            ) from reason
        yield client


def cut(plan: Plan, threads: int) -> list[tuple[int, int]]:
    """First row of tiles and the one behind the last of each piece."""
    count = len(plan.rows.spans)
    rows = min(max(-(-count // (PIECES_A_THREAD * threads)), LEAST_ROWS), MOST_ROWS)
    return [(first, min(first + rows, count)) for first in range(0, count, rows)]


def carry_out(
    client: Any, pieces: list[Piece], plan: Plan, text: str, name: str, context: Context
) -> None:
    """Wait for all pieces; when the user stops, those that have begun end in their own time."""
    columns = len(plan.columns.spans)
    done = plan.tiles - columns * sum(piece.stop - piece.first for piece in pieces)
    context.progress(done, plan.tiles, text, device=name)
    waiting = {client.submit(predict_piece, piece, pure=False): piece for piece in pieces}
    try:
        while waiting:
            context.check_cancelled()
            for future in [future for future in waiting if future.done()]:
                await_result(future)
                piece = waiting.pop(future)
                done += columns * (piece.stop - piece.first)
                context.progress(done, plan.tiles, text, device=name)
            time.sleep(PAUSE_S)
    finally:
        client.cancel(list(waiting))


def await_result(future: Any) -> None:
    """RequestError where the cluster gave a piece up; the errors of workers are raised as here."""
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    try:
        future.result()
    except KilledWorker as reason:
        raise RequestError(
            "Several workers ended over the same tiles, perhaps for lack of memory; start them "
            "with more, or give --tile fewer pixels, and the same command goes on from here."
        ) from reason
    except FutureCancelledError as reason:
        raise RequestError(
            "The scheduler was lost; start it again, and the same command goes on from here."
        ) from reason


def predict_piece(piece: Piece) -> None:
    """On a worker: predict a piece and keep its rows; done twice, it leaves the same."""
    tile_rows = range(piece.first, piece.stop)
    # a worker may have several threads, but an adapter may keep what it sees of one tile
    with ONE_AT_A_TIME:
        predictor = equipment(piece.request, piece.model)
        predictor.keep_rows(piece.seen, tile_rows, piece.rows, lambda done: None)


@lru_cache(maxsize=2)
def equipment(request: PredictRequest, model: str) -> LocalPredictor:
    """What a worker keeps between pieces; ModelError when its model is not `model`."""
    found = load_model(request.model, request.backbone_weights)
    if found.identity != model:
        raise ModelError(
            f"{request.model} is another model for the workers; let it be reached by the same name "
            "everywhere."
        )
    from distributed import get_worker

    context = Context(Path(get_worker().local_directory))
    return prepare(request, found, choose_parts(request.images, request.extent, context), context)
