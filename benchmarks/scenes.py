# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenes of the few-shot protocol: images, truth, and five labelled areas for each seed.

And the arguments by which scripts are told of them.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weft.labels.source import parse_source


@dataclass(frozen=True)
class Scene:
    """One scene's folder."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def images(self) -> list[str]:
        """Paths of all images."""
        return [str(path) for path in sorted((self.folder / "images").glob("*.tif"))]

    @property
    def truth(self) -> str:
        """The source of every object of the scene."""
        return f"{self.folder / 'truth.gpkg'}|layername=labels"

    def labels(self, seed: int) -> str:
        """The source of the objects inside the labelled areas."""
        return f"{self.folder / f'train_seed{seed}.gpkg'}|layername=labels"

    def areas(self, seed: int) -> str:
        """The source of the areas that were labelled completely."""
        return f"{self.folder / f'train_seed{seed}.gpkg'}|layername=areas"


def find_scenes(data: Path, names: Sequence[str] | None) -> list[Scene]:
    """The scenes of `data`, or those of `names`; ArgumentTypeError when one is not there."""
    found = {path.parent.name: Scene(path.parent) for path in sorted(data.glob("*/truth.gpkg"))}
    missing = [name for name in names or () if name not in found]
    if missing or not found:
        raise argparse.ArgumentTypeError(
            f"{data} has no scene {' '.join(missing)}; it has: {', '.join(found) or 'none'}."
        )
    return [found[name] for name in names or found]


def add_scene_options(parser: argparse.ArgumentParser, required: bool) -> None:
    """The arguments of every benchmark that learns from scenes."""
    parser.add_argument("--data", type=Path, required=required, help="folder of scenes")
    parser.add_argument("--scenes", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of training")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--work", type=Path, help="keep models, rasters and polygons here")
    parser.add_argument("--fresh", action="store_true", help="repeat what is there already")


def parse_with_scenes(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments, with the scenes in place of their names."""
    options = parser.parse_args()
    try:
        options.scenes = find_scenes(options.data, options.scenes)
    except argparse.ArgumentTypeError as mistake:
        parser.error(str(mistake))
    return options


def add_task_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of every rival that is a script of its own."""
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--labels", type=parse_source, required=True)
    parser.add_argument("--areas", type=parse_source, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
