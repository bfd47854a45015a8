# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and images in, a probability raster and a class raster for each image out."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

from weft import __version__
from weft.device import choose_device
from weft.errors import RequestError
from weft.file_states import file_states
from weft.inference.engines import Engine, OnnxEngine, TorchEngine
from weft.inference.onnx_export import export_onnx
from weft.inference.part import Extent, Part, place_extent, whole_image
from weft.inference.pipeline import plan_tiles, predict_strips
from weft.inference.rows import RowStore
from weft.inference.tiles import choose_overlap, choose_tile
from weft.jobs.predicted import Levels, PredictedImage, outputs, quantise, write_rasters
from weft.model import Model, check_image, image_scale, load_model
from weft.outputs import check_apart, made_folder
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect

ENGINES = ("torch", "onnx")


@dataclass(frozen=True)
class PredictRequest:
    """`tile` and `overlap` are in pixels of the model's GSD; None lets the engine choose.

    With `extent`, the rasters cover that part of the images alone, each on its image's own grid.
    """

    model: Path
    images: tuple[Path, ...]
    out: Path
    extent: Extent | None = None
    engine: str = "torch"
    tile: int | None = None
    overlap: int | None = None
    device: str = "auto"
    backbone_weights: str | None = None


@dataclass(frozen=True)
class PredictResult:
    """One entry an image, in the order of the request; `classes` in the order of the bands."""

    images: tuple[PredictedImage, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Means:
    """What predicts all images of a request: the model, its engine, and the tiles for it.

    A network that still learns is not `settled`: what it predicts fits no later prediction.
    """

    model: Model
    engine: Engine
    tile: int
    overlap: int
    settled: bool = True


def predict(request: PredictRequest, context: Context) -> PredictResult:
    """Predict every image; those finished before an error or a cancel stay."""
    check_names(request.images, request.out)
    model = load_model(request.model, request.backbone_weights)
    parts = choose_parts(request.images, request.extent, context)
    for info in parts:
        for remark in check_image(model.card, info):
            context.note(remark)
    return predict_parts(prepare(request, model, context), parts, request.out, context)


def predict_parts(
    means: Means, parts: Mapping[RasterInfo, Part], out: Path, context: Context
) -> PredictResult:
    """Write both rasters of each part into the folder `out`, which is made.

    Asked again after it was stopped, it goes on with the first row that is missing.
    """
    with made_folder(out):
        images, stores = [], []
        for info, part in parts.items():
            with RowStore(out / f".{info.path.stem}_weft", identity_of(means, info, part)) as store:
                images.append(predict_image(means, info, part, out, store, context))
            stores.append(store)
        for store in stores:
            store.forget()
    return PredictResult(tuple(images), tuple(each.name for each in means.model.card.classes))


def choose_parts(
    images: Sequence[Path], extent: Extent | None, context: Context
) -> dict[RasterInfo, Part]:
    """What to predict of each image; RequestError when the extent meets none of them."""
    infos = [inspect(path) for path in images]
    if extent is None:
        return {info: whole_image(info.grid) for info in infos}
    placed = {info: place_extent(extent, info.grid) for info in infos}
    for info, part in placed.items():
        if part is None and len(infos) > 1:
            context.note(f"{info.path.name} lies outside the extent and is left out.")
    parts = {info: part for info, part in placed.items() if part is not None}
    if not parts:
        raise RequestError(
            "The extent lies outside the images; move the map to them, or give another extent."
        )
    return parts


def check_names(images: Sequence[Path], out: Path) -> None:
    """RequestError when there is no image, or results would overwrite each other or an image."""
    if not images:
        raise RequestError("There is no image to predict; give at least one.")
    name, count = Counter(path.stem for path in images).most_common(1)[0]
    if count > 1:
        raise RequestError(
            f"{count} images are called {name}, and their results would overwrite each other; "
            "predict them one by one into different folders."
        )
    check_apart([path for image in images for path in outputs(image, out)], images)


def prepare(request: PredictRequest, model: Model, context: Context) -> Means:
    """The engine that the request asks for, ready to run."""
    if request.engine not in ENGINES:
        raise RequestError(f"There is no engine {request.engine!r}; choose torch or onnx.")
    tile = choose_tile(request.tile, model.network.multiple)
    overlap = choose_overlap(request.overlap, tile)
    device = choose_device(request.device)
    if request.engine == "torch":
        return Means(model, TorchEngine(model.network, device), tile, overlap)
    context.progress(0, 1, "Exporting to ONNX")
    file = context.folder / f"{model.identity}-{tile}.onnx"
    export_onnx(model, file, tile)
    gpu = ["CUDAExecutionProvider"] if device.torch.type == "cuda" else []
    return Means(model, OnnxEngine(file, [*gpu, "CPUExecutionProvider"]), tile, overlap)


def predict_image(
    means: Means, info: RasterInfo, part: Part, out: Path, store: RowStore, context: Context
) -> PredictedImage:
    """Write both rasters of a part of an image, on the image's own grid, unless `store` tells that
    they are there.
    """
    result = PredictedImage(info.path, *outputs(info.path, out))
    rasters = result.probability, result.classes
    if store.made(rasters):
        context.note(f"{info.path.name} was finished before, and is not predicted again.")
        return result
    rows = predict_rows(means, info, part, store, context)
    with closing(rows):
        write_rasters(rows, result, means.model, part.grid(info.grid), store.folder)
    store.finish(rasters)
    return result


def predict_rows(
    means: Means, info: RasterInfo, part: Part, store: RowStore, context: Context
) -> Generator[tuple[int, Levels], None, None]:
    """The first row and the levels (bands, h, W) of one piece of a part after another, from above.

    What `store` has of an earlier run is not predicted again, and what is predicted is kept there.
    """
    model, name = means.model, info.path.name
    plan = plan_tiles(part, image_scale(model.card, info), means.tile, means.overlap)
    complete = [end for end in plan.rows.ends if end <= store.finished]
    if store.dropped:
        context.note(f"{name} is predicted afresh: the model, the image or an option has changed.")
    if complete:
        context.note(f"{name} was stopped at {complete[-1] / plan.rows.length:.0%}, and goes on.")
        for row, levels in store.read(complete[-1]):
            context.check_cancelled()
            context.progress(row, complete[-1], f"Reading what is finished of {name}")
            yield row, levels

    def on_tiles(done: int) -> None:
        context.check_cancelled()
        context.progress(done, plan.tiles, f"Predicting {name}", device=means.engine.name)

    bands, count = model.card.bands, len(model.card.classes) + 1
    strips = predict_strips(
        info.path, bands, model.stretch, means.engine, plan, count, on_tiles, len(complete)
    )
    with closing(strips):
        for strip in strips:
            levels = quantise(strip.probabilities, strip.valid)
            store.write(strip.row, levels)
            yield strip.row, levels


def identity_of(means: Means, info: RasterInfo, part: Part) -> dict[str, object] | None:
    """All that decides the pixels of a prediction; None where another would give others."""
    if not means.settled:
        return None
    return {
        "version": __version__,
        "model": means.model.identity,
        "engine": means.engine.name,
        "tiles": [means.tile, means.overlap],
        "image": file_states([info.path]),
        "window": list(astuple(part.window)),
        "inside": None if part.inside is None else part.inside.wkb_hex,
    }
