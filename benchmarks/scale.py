# SPDX-License-Identifier: GPL-3.0-or-later
"""What large rasters take: speed beside the engine alone, memory by side, and right angles.

    python benchmarks/scale.py [--parts speed plain memory angles] [--side 16384]

Every figure but that of right angles is of a whole command, its start included. The model is
trained for some seconds on the sample scene, and images are that scene, mirrored to size. Results
are kept as JSON lines beside --out; started again, it goes on with what is missing.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path

import numpy as np
import rasterio
import shapely
from by_turns import measure_by_turns
from machine import this_machine
from measured import Measured, measure
from mirror import mirrored, write_mirrored
from outlines import clean_mask
from rasterio.windows import Window
from records import code_digest, complete, newest, read
from runs import today
from scale_records import PIXEL_ROWS, ScaleRecord, ScaleSettings
from scale_report import report
from tables import write_section

from weft.jobs.sample import SampleRequest, SampleResult, sample
from weft.polygons.coverage import simplify
from weft.polygons.right_angles import square
from weft.polygons.trace import trace
from weft.progress import Context

TITLE = "Large rasters"
COMPARED = ("engine alone", "predict")
PARTS = ("speed", "plain", "memory", "angles")
OWN_CODE = tuple(
    f"benchmarks/{name}.py" for name in ("scale", "bare", "plain", "mirror", "by_turns")
)
STRAIGHTENED = 20  # copies of the mask's buildings


class Workshop:
    """Images and models in one folder, each made when it is first asked for."""

    def __init__(self, folder: Path, device: str, budget_s: float) -> None:
        self.folder, self._device, self._budget_s = folder, device, budget_s

    @cached_property
    def scene(self) -> SampleResult:
        """The sample scene."""
        return sample(SampleRequest(self.folder / "sample"), Context(self.folder))

    @cached_property
    def model(self) -> Path:
        """A model of that scene."""
        out, source = self.folder / "town.weft", f"{self.scene.train}|layername="
        options = ["--labels", source + "labels", "--areas", source + "areas"]
        bounds = ["--budget", str(self._budget_s), "--device", self._device]
        must("train", *map(str, self.scene.images), *options, *bounds, "--out", str(out))
        return out

    @cached_property
    def exported(self) -> Path:
        """The model for other programs."""
        out = self.folder / "town.onnx"
        must("export", str(self.model), "--onnx", str(out))
        return out

    def image(self, side: int) -> Path:
        """The scene, mirrored."""
        path = self.folder / f"mirrored_{side}.tif"
        if not path.exists():
            write_mirrored(self.scene.images[0], path, side)
        return path

    def sparse(self, side: int) -> Path:
        """The same, but nodata below the first rows."""
        path = self.folder / f"sparse_{side}.tif"
        if not path.exists():
            write_sparse(self.scene.images[0], path, side)
        return path


def main() -> None:
    """Run what is missing, and write the tables anew after each run."""
    options = parse()
    settings = ScaleSettings(code_digest(*OWN_CODE), str(this_machine()), options.device)
    lines = options.out.with_suffix(".jsonl")
    with tempfile.TemporaryDirectory(prefix="weft-scale-") as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        workshop = Workshop(folder, options.device, options.budget)
        done = read(lines, settings, ScaleRecord)
        for _ in complete(dict(plan(options, settings, workshop)), done, lines):
            write_section(options.out, TITLE, report(list(newest(lines, ScaleRecord).values())))


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--side", type=int, default=16384, help="for the speed, in pixels")
    parser.add_argument("--rounds", type=int, default=2, help="of it, by turns")
    parser.add_argument("--plain-side", type=int, default=8192, help="beside a plain script")
    parser.add_argument(
        "--sides", type=int, nargs="+", default=(4096, 8192, 16384, 32768), help="for the memory"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--budget", type=float, default=5.0, help="seconds of training")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    parser.add_argument("--work", type=Path, help="keep what is made here")
    return parser.parse_args()


def plan(
    options: argparse.Namespace, settings: ScaleSettings, workshop: Workshop
) -> Iterator[tuple[Hashable, Callable[[], ScaleRecord]]]:
    """All measurements of the parts asked for, those to be compared one after the other."""

    @cache
    def by_turns(side: int, turn: int) -> dict[str, Measured]:
        image = workshop.image(side)
        return measure_by_turns(
            {what: command(what, image, workshop, options.device) for what in COMPARED}
        )

    for part, what, side, turn in asked(options):
        blank = ScaleRecord(settings, part, what, side, turn)
        if part == "angles":
            yield blank.key, partial(straighten, blank)
        elif part == "speed":
            yield blank.key, partial(take, blank, by_turns)
        else:
            yield blank.key, partial(carry_out, blank, workshop, options.device)


def asked(options: argparse.Namespace) -> Iterator[tuple[str, str, int, int]]:
    """Part, command, side and round of each measurement."""
    if "speed" in options.parts:
        for turn in range(options.rounds):
            for what in COMPARED:
                yield "speed", what, options.side, turn
    if "plain" in options.parts:
        for what in ("plain script", "predict", "vectorise"):
            yield "plain", what, options.plain_side, 0
    if "memory" in options.parts:
        for side in options.sides:
            yield "memory", "predict", side, 0
            yield "memory", "vectorise", side, 0
    if "angles" in options.parts:
        for turn in range(options.rounds):
            yield "angles", "right angles", 0, turn


def take(blank: ScaleRecord, by_turns: Callable[[int, int], dict[str, Measured]]) -> ScaleRecord:
    """The record of a command that runs by turns with others of its side and round."""
    return filled(blank, by_turns(blank.side, blank.round)[blank.what])


def carry_out(blank: ScaleRecord, workshop: Workshop, device: str) -> ScaleRecord:
    """The record of a command that runs alone."""
    image = (workshop.sparse if blank.part == "memory" else workshop.image)(blank.side)
    return filled(blank, measure(command(blank.what, image, workshop, device)))


def filled(blank: ScaleRecord, result: Measured) -> ScaleRecord:
    """With what was measured; a failure is a record as well."""
    if result.status != 0:
        return replace(blank, date=today(), error=result.last_words)
    return replace(blank, date=today(), seconds=result.seconds, peak_mib=result.peak_mib)


def command(what: str, image: Path, workshop: Workshop, device: str) -> list[str]:
    """What is run for an image."""
    predicted = workshop.folder / f"predicted_{image.stem}"
    polygons, script = str(predicted.with_suffix(".gpkg")), Path(__file__)
    on_device = ["--device", device]
    if what == "predict":
        arguments = ("predict", str(workshop.model), str(image), *on_device, "--tta", "1")
        return weft(*arguments, "--out", str(predicted))
    if what == "vectorise":
        return weft("vectorise", str(predicted / f"{image.stem}_class.tif"), "--out", polygons)
    if what == "plain script":
        plain = [sys.executable, str(script.with_name("plain.py")), str(workshop.exported)]
        return [*plain, str(image), "--out", polygons]
    bare = [sys.executable, str(script.with_name("bare.py")), str(workshop.model)]
    return [*bare, str(image), *on_device]


def straighten(blank: ScaleRecord) -> ScaleRecord:
    """Right angles for buildings of the clean mask, side by side; numpy takes one thread for it."""
    mask = clean_mask()
    once, _ = trace(mask)
    rows = [np.array([0.0, float(len(mask) * copy)]) for copy in range(STRAIGHTENED)]
    every = np.concatenate([shapely.transform(once, lambda xy, by=by: xy + by) for by in rows])
    simple = simplify(every, 2.0)
    start = time.perf_counter()
    square(simple, np.ones(len(simple), np.bool_), (1.0, 1.0), simple[:0])
    seconds = time.perf_counter() - start
    return replace(blank, date=today(), seconds=seconds, count=len(simple))


def weft(*arguments: str) -> list[str]:
    """A command of WEFT's."""
    return [sys.executable, "-m", "weft", *arguments]


def must(*arguments: str) -> None:
    """Run such a command; SystemExit with its words when it fails."""
    result = measure(weft(*arguments))
    if result.status != 0:
        sys.exit(f"weft {arguments[0]} failed: {result.last_words}")


def write_sparse(source: Path, out: Path, side: int) -> None:
    """The image at `source` mirrored over the first rows, and nothing stored below them."""
    with rasterio.open(source) as dataset:
        pixels, profile = dataset.read(), dataset.profile
    # what is 0 in the image would be nodata
    top = np.maximum(pixels, 1)[:, mirrored(PIXEL_ROWS, pixels.shape[1])]
    top = top[:, :, mirrored(side, pixels.shape[2])]
    layout = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate"}
    profile.update(width=side, height=side, nodata=0, sparse_ok=True, bigtiff="if_safer", **layout)
    with rasterio.open(out, "w", **profile) as dataset:
        dataset.write(top, window=Window(0, 0, side, PIXEL_ROWS))


if __name__ == "__main__":
    main()
