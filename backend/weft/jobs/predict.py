# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and images in, a probability raster and a class raster for each image out."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from weft.ahead import ahead
from weft.grid import Window
from weft.inference.part import Part
from weft.inference.row_file import Levels
from weft.inference.rows import RowStore
from weft.jobs.cluster import find_cluster
from weft.jobs.engine_choice import prepare
from weft.jobs.predict_request import PredictRequest, check_names, choose_parts
from weft.jobs.predicted import PredictedImage, outputs, rows_folder, write_rasters
from weft.jobs.predictors import Predictor, SeenPart, identity_of, see
from weft.model import check_image, load_model
from weft.outputs import made_folder
from weft.progress import Context
from weft.raster.inspect import RasterInfo

BLOCKS_AHEAD = 4


@dataclass(frozen=True)
class PredictResult:
    """One entry an image, in the order of the request; `classes` in the order of the bands."""

    images: tuple[PredictedImage, ...]
    classes: tuple[str, ...]


def predict(request: PredictRequest, context: Context) -> PredictResult:
    """Predict every image; those finished before an error or a cancel stay."""
    check_names(request.images, request.out)
    model = load_model(request.model, request.backbone_weights)
    parts = choose_parts(request.images, request.extent, context)
    for info in parts:
        for remark in check_image(model.card, info):
            context.note(remark)
    here = request.scheduler is None
    predictor = prepare(request, model, parts, context) if here else find_cluster(request, model)
    return predict_parts(predictor, parts, request.out, context)


def predict_parts(
    predictor: Predictor, parts: Mapping[RasterInfo, Part], out: Path, context: Context
) -> PredictResult:
    """Write both rasters of each part into the folder `out`, which is made.

    Asked again after it was stopped, it goes on with the first row that is missing.
    """
    with made_folder(out):
        images, stores = [], []
        for info, part in parts.items():
            seen = see(predictor, info, part)
            store = RowStore(rows_folder(info.path, out), identity_of(predictor, seen))
            with closing(store):
                images.append(predict_image(predictor, seen, out, store, context))
            stores.append(store)
        for store in stores:
            store.forget()
    return PredictResult(tuple(images), tuple(each.name for each in predictor.model.card.classes))


def predict_image(
    predictor: Predictor, seen: SeenPart, out: Path, store: RowStore, context: Context
) -> PredictedImage:
    """Write both rasters of a part of an image, on the image's own grid, unless `store` tells that
    they are there.
    """
    info, part = seen.info, seen.part
    name = info.path.name
    result = PredictedImage(info.path, *outputs(info.path, out))
    rasters = result.probability, result.classes
    if store.made(rasters):
        context.note(f"{name} was finished before, and is not predicted again.")
        return result
    if store.dropped:
        context.note(f"{name} is predicted afresh: the model, the image or an option has changed.")
    predictor.fill(seen, store, context)
    with closing(ahead(store.read(), BLOCKS_AHEAD, "row reader")) as blocks:
        told = watched(blocks, part.window.height, f"Writing {name}", context)
        write_rasters(told, result, predictor.model, part.grid(info.grid), store.folder)
    store.finish(rasters)
    return result


def watched(
    blocks: Iterator[tuple[Window, Levels]], height: int, text: str, context: Context
) -> Iterator[tuple[Window, Levels]]:
    """The same, with progress, until the user stops it."""
    for window, levels in blocks:
        context.check_cancelled()
        context.progress(window.row, height, text)
        yield window, levels
