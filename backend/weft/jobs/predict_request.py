# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prediction is asked for, and what of that cannot work."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from weft.errors import RequestError
from weft.inference.part import Extent, Part, place_extent, whole_image
from weft.jobs.predicted import outputs
from weft.outputs import check_apart
from weft.progress import Context
from weft.raster.inspect import RasterInfo, inspect


@dataclass(frozen=True)
class PredictRequest:
    """`tile` and `overlap` are in pixels of the model's GSD; None lets the engine choose.

    With `extent`, the rasters cover that part of the images alone, each on its image's own grid.
    The engine `auto` is the fastest that computes the same. Each tile is seen in `tta` ways, turned
    and mirrored; None takes more the smaller images are. With `memory_gb`, tiles are chosen that
    keep the process below so much memory on a CPU. With `scheduler`, the address of one of dask's,
    its workers predict, each with `device`.
    """

    model: Path
    images: tuple[Path, ...]
    out: Path
    extent: Extent | None = None
    engine: str = "auto"
    tile: int | None = None
    overlap: int | None = None
    tta: int | None = None
    memory_gb: float | None = None
    device: str = "auto"
    backbone_weights: str | None = None
    scheduler: str | None = None


def check_names(images: Sequence[Path], out: Path) -> None:
    """RequestError when there is no image, or results would overwrite each other or an image."""
    if not images:
        raise RequestError("There is no image to predict; give at least one.")
    # many disks hold Town.tif and town.tif for the same
    names = [normalize("NFC", path.stem).casefold() for path in images]
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise RequestError(
            f"{count} images are called {name}, and their results would overwrite each other; "
            "predict them one by one into different folders."
        )
    check_apart([path for image in images for path in outputs(image, out)], images)


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
