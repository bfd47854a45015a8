# SPDX-License-Identifier: GPL-3.0-or-later
"""A model and images in, a probability raster and a class raster for each image out."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling

from weft.bundle import ModelCard
from weft.device import choose_device
from weft.errors import RequestError
from weft.grid import Window
from weft.inference.engines import Engine, OnnxEngine, TorchEngine
from weft.inference.onnx_export import export_onnx
from weft.inference.part import Extent, Part, place_extent, whole_image
from weft.inference.pipeline import plan_tiles, predict_strips
from weft.inference.tiles import choose_overlap, choose_tile
from weft.model import Model, check_image, image_scale, load_model
from weft.outputs import check_apart, made_folder
from weft.polygons.clean import SPECK
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect
from weft.raster.write import RasterWriter

FULL = 254
NODATA = 255
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
class PredictedImage:
    """The two rasters of an image."""

    image: Path
    probability: Path
    classes: Path


@dataclass(frozen=True)
class PredictResult:
    """One entry an image, in the order of the request; `classes` in the order of the bands."""

    images: tuple[PredictedImage, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Means:
    """What predicts all images of a request: the model, its engine, and the tiles for it."""

    model: Model
    engine: Engine
    tile: int
    overlap: int


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
    """Write both rasters of each part into the folder `out`, which is made."""
    with made_folder(out):
        images = tuple(
            predict_image(means, info, part, out, context) for info, part in parts.items()
        )
    return PredictResult(images, tuple(each.name for each in means.model.card.classes))


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


def outputs(image: Path, out: Path) -> tuple[Path, Path]:
    """The probability raster and the class raster of an image."""
    return out / f"{image.stem}_prob.tif", out / f"{image.stem}_class.tif"


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
    means: Means, info: RasterInfo, part: Part, out: Path, context: Context
) -> PredictedImage:
    """Write both rasters of a part of an image, on the image's own grid."""
    model, card = means.model, means.model.card
    plan = plan_tiles(part, image_scale(card, info), means.tile, means.overlap)
    grid = part.grid(info.grid)
    result = PredictedImage(info.path, *outputs(info.path, out))

    def on_tiles(done: int) -> None:
        context.check_cancelled()
        context.progress(done, plan.tiles, f"Predicting {info.path.name}", device=means.engine.name)

    count = len(card.classes) + 1
    strips = predict_strips(
        info.path, card.bands, model.stretch, means.engine, plan, count, on_tiles
    )
    with ExitStack() as stack:
        # Left in reverse: the larger one, which a full disk stops, is in place before the other.
        classes = stack.enter_context(
            RasterWriter(
                result.classes,
                grid,
                1,
                nodata=NODATA,
                tags=tags(model, info, "class", result.probability.name),
                descriptions=("class",),
                colormap=colour_table(card),
            )
        )
        probabilities = stack.enter_context(
            RasterWriter(
                result.probability,
                grid,
                count,
                nodata=NODATA,
                tags=tags(model, info, "probability", result.classes.name),
                descriptions=(*(each.name for each in card.classes), "interior"),
                resampling=Resampling.average,
            )
        )
        for strip in stack.enter_context(closing(strips)):
            levels = quantise(strip.probabilities, strip.valid)
            height, width = strip.valid.shape
            window = Window(0, strip.row, width, height)
            probabilities.write(levels, window)
            classes.write(classify(levels[:-1], strip.valid)[None], window)
    return result


def quantise(probabilities: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Probabilities (bands, h, w) as round(254 p), 255 where not valid."""
    scaled = probabilities * np.float32(FULL)
    # In place: a strip of a wide image takes tens of megabytes.
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, FULL, out=scaled)
    levels = scaled.astype(np.uint8)
    levels[:, ~valid] = NODATA
    return levels


def classify(levels: NDArray[np.uint8], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The most probable class (h, w) of `levels` (K, h, w) where it is at least one half, else 0.

    Invalid pixels are 255.
    """
    best: NDArray[np.uint8] = levels.argmax(0).astype(np.uint8)
    best += 1
    best[levels.max(0) < FULL // 2] = 0
    best[~valid] = NODATA
    return best


def tags(model: Model, info: RasterInfo, kind: str, pair: str) -> dict[str, str]:
    """What a prediction says of itself."""
    return {
        "WEFT_CLASSES": json.dumps([asdict(each) for each in model.card.classes]),
        "WEFT_MODEL": model.identity,
        "WEFT_SOURCE": info.path.name,
        "WEFT_KIND": kind,
        "WEFT_PAIR": pair,
        "WEFT_MIN_AREA_M2": f"{(model.card.training.small_object_m2 or 0) * SPECK:.3f}",
    }


def colour_table(card: ModelCard) -> dict[int, tuple[int, int, int, int]]:
    """Colours of the class raster: background is transparent."""
    colours = {0: (0, 0, 0, 0)}
    for value, each in enumerate(card.classes, 1):
        red, green, blue = bytes.fromhex(each.colour.lstrip("#"))
        colours[value] = (red, green, blue, 255)
    return colours
