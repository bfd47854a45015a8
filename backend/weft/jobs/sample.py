# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the demo town: two images, labels, areas and truth, all made by the engine itself."""

from dataclasses import dataclass
from pathlib import Path

from weft.errors import RequestError
from weft.progress import Context
from weft.sample.demo import render_demo
from weft.sample.write import check_folder, labels_in, write_demo


@dataclass(frozen=True)
class SampleRequest:
    """Where to write the sample scene, and the seed that it is drawn from."""

    folder: Path
    seed: int = 5


@dataclass(frozen=True)
class SampleResult:
    """What was written: files, and how many areas, labels in them and objects in all."""

    folder: Path
    images: tuple[Path, ...]
    train: Path
    truth: Path
    areas: int
    labels: int
    objects: int


def sample(request: SampleRequest, context: Context) -> SampleResult:
    """Render the scene and write it to `request.folder`; OutputError if that is not possible."""
    check_folder(request.folder)
    if request.seed < 0:
        raise RequestError(f"The seed {request.seed} is negative; give 0 or more.")
    context.progress(0, 2, "Rendering the sample scene")
    demo = render_demo(request.seed)
    context.check_cancelled()
    context.progress(1, 2, "Writing the sample scene")
    write_demo(demo, request.folder)
    context.progress(2, 2, "Sample scene written")
    return SampleResult(
        folder=request.folder,
        images=tuple(request.folder / f"{image.name}.tif" for image in demo.images),
        train=request.folder / "train.gpkg",
        truth=request.folder / "truth.gpkg",
        areas=len(demo.areas),
        labels=len(labels_in(demo)),
        objects=len(demo.objects),
    )
