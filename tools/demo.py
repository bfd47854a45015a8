# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on the sample scene, step by step, through the command line that a user has.

    python tools/demo.py demo

Leaves images, labels, truth, result.gpkg, result.shp and overlay.png in the folder. Further options
go to `weft run`.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import overlay


def weft(*arguments: str | Path) -> None:
    """Show and run one command; ends the demo with its exit status if it fails."""
    words = [str(argument) for argument in arguments]
    print(f"\n$ weft {shlex.join(words)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "weft", *words], check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


def demonstrate(folder: Path, options: Sequence[str]) -> None:
    """Scene, result, scores, Shapefile and picture."""
    images = [folder / "town_a.tif", folder / "town_b.tif"]
    areas = f"{folder / 'train.gpkg'}|layername=areas"
    labels = f"{folder / 'train.gpkg'}|layername=labels"
    truth = f"{folder / 'truth.gpkg'}|layername=labels"
    result, rasters = folder / "result.gpkg", folder / "result_weft"

    weft("sample", folder)
    weft("run", *images, "--labels", labels, "--areas", areas, "--out", result, *options)
    weft("evaluate", result, "--truth", truth, "--images", *images, "--exclude", areas)
    classes = [rasters / f"{image.stem}_class.tif" for image in images]
    weft("vectorise", *classes, "--simplify", "0.2", "--out", result.with_suffix(".shp"))
    overlay.main([str(folder), str(folder / "overlay.png")])
    print(
        f"\nOpen {result} or {result.with_suffix('.shp')} in QGIS, or look at "
        f"{folder / 'overlay.png'}.\nThe scores count only what lies outside the labelled areas."
    )


def main() -> None:
    """Read the folder and the options for `weft run`."""
    parser = argparse.ArgumentParser(
        description="Run the main job on the sample scene.",
        epilog="Further options go to weft run, for example --budget 20.",
    )
    parser.add_argument("folder", type=Path, help="where everything is written")
    known, options = parser.parse_known_args()
    demonstrate(known.folder, options)


if __name__ == "__main__":
    main()
