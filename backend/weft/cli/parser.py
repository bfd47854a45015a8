# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of every verb. An option left out stays None, and the job's own default holds."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import weft
from weft.errors import LabelError
from weft.labels.source import LabelSource, parse_source
from weft.virtual_files import image_path

SOURCE = "PATH|layername=NAME"
CHOICE = "NAME[:OPTION=VALUE,…]"
POLYGONS = "polygons: .gpkg .shp .geojson .fgb"


class Parser(argparse.ArgumentParser):
    """Tells a mistake in one sentence, as every part of WEFT does."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        self.exit(2, f"weft: {message.rstrip('.')}; see {self.prog} --help.\n")


def build_parser() -> Parser:
    """The parser of `weft`; `verb` names the command."""
    parser = Parser(
        prog="weft",
        description="Teach a frozen vision model your map: a few labelled areas in, polygons out.",
    )
    parser.add_argument("--version", action="version", version=f"weft {weft.__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (summary, fill) in VERBS.items():
        fill(verbs.add_parser(name, help=summary, description=summary))
    return parser


def _run(parser: Parser) -> None:
    _images(parser)
    _training(parser)
    _prediction(parser)
    _scheduler(parser)
    _outlines(parser)
    parser.add_argument("--out", type=Path, required=True, help=POLYGONS)


def _train(parser: Parser) -> None:
    _images(parser)
    _training(parser)
    _device(parser)
    parser.add_argument("--out", type=Path, required=True, help="the model file, .weft")


def _validate(parser: Parser) -> None:
    _images(parser)
    _learning(parser)
    _device(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def _predict(parser: Parser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.weft")
    _images(parser)
    _prediction(parser)
    _scheduler(parser)
    _weights(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the rasters")


def _plan(parser: Parser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.weft")
    _images(parser)
    _prediction(parser)
    _weights(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="where it shall be predicted: tiles that are kept there do not count (default: here)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _vectorise(parser: Parser) -> None:
    parser.add_argument("rasters", type=Path, nargs="+", metavar="RASTER")
    _outlines(parser)
    parser.add_argument("--out", type=Path, required=True, help=POLYGONS)


def _evaluate(parser: Parser) -> None:
    parser.add_argument("result", type=_source, metavar="RESULT")
    parser.add_argument(
        "--truth", type=_source, required=True, metavar=SOURCE, help="the true objects"
    )
    parser.add_argument(
        "--images",
        type=image_path,
        nargs="+",
        required=True,
        metavar="IMAGE",
        help="the images on whose grids both are compared",
    )
    parser.add_argument("--exclude", type=_source, metavar=SOURCE, help="areas that do not count")
    parser.add_argument("--class-field", help="the truth's field of the class (default: class)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _suggest(parser: Parser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.weft")
    _images(parser)
    parser.add_argument(
        "--areas", type=_source, metavar=SOURCE, help="more areas that are labelled already"
    )
    parser.add_argument("--count", type=int, help="how many windows (default: 5)")
    parser.add_argument("--seed", type=int, help="another choice of windows to rank (default: 0)")
    _device(parser)
    _weights(parser)
    parser.add_argument("--out", type=Path, required=True, help=POLYGONS)


def _export(parser: Parser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.weft")
    parser.add_argument(
        "--onnx", type=Path, required=True, metavar="FILE.onnx", help="the file to write"
    )
    parser.add_argument("--tile", type=int, help="side of the tiles in pixels (default: 512)")
    _weights(parser)


def _sample(parser: Parser) -> None:
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="new, empty, or with a sample to be replaced"
    )
    parser.add_argument("--seed", type=int, help="another seed, another town")


def _serve(parser: Parser) -> None:
    """It takes everything from its requests."""


def _info(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _images(parser: Parser) -> None:
    parser.add_argument("images", type=image_path, nargs="+", metavar="IMAGE")


def _training(parser: Parser) -> None:
    _learning(parser).add_argument(
        "--start", type=Path, metavar="MODEL.weft", help="go on from this model"
    )


def _learning(parser: Parser) -> "argparse._ActionsContainer":
    group = parser.add_argument_group("training")
    group.add_argument(
        "--labels", type=_source, required=True, metavar=SOURCE, help="outlines of objects"
    )
    group.add_argument("--areas", type=_source, metavar=SOURCE, help="areas labelled completely")
    group.add_argument("--class-field", help="the field of the class (default: class)")
    group.add_argument("--backbone", metavar="NAME", help="see weft info")
    group.add_argument("--adapter", metavar=CHOICE, help="see weft info")
    group.add_argument("--schedule", metavar=CHOICE, help="see weft info")
    group.add_argument("--bands", type=_bands, metavar="B,B,…", help="bands to use, from 1")
    group.add_argument(
        "--gsd",
        type=float,
        dest="gsd_m",
        metavar="METRES",
        help="the model's GSD (default: that of the images, finer for small objects)",
    )
    group.add_argument(
        "--budget",
        type=float,
        dest="budget_s",
        metavar="SECONDS",
        help="how long to train (default: 60)",
    )
    group.add_argument(
        "--steps", type=int, help="stop after so many; repeatable with the same seed"
    )
    group.add_argument("--seed", type=int, help="another seed, another beginning (default: 0)")
    _weights(group)
    return group


def _prediction(parser: Parser) -> None:
    group = parser.add_argument_group("prediction")
    group.add_argument(
        "--engine", choices=("auto", "torch", "onnx"), help="default: the fastest one"
    )
    group.add_argument(
        "--tile", type=int, help="side of the tiles in pixels (default: by the image, 256 to 640)"
    )
    group.add_argument("--overlap", type=int, help="pixels shared by tiles (default: 64)")
    group.add_argument(
        "--tta",
        type=int,
        choices=(1, 2, 4, 8),
        help="see each tile so many ways, turned and mirrored, for a better map in as many times "
        "the time (test-time augmentation; default: up to 8 where images are small, else 1)",
    )
    group.add_argument(
        "--memory",
        type=float,
        dest="memory_gb",
        metavar="GB",
        help="choose tiles that keep prediction on a CPU below so much memory",
    )
    _device(group)


def _scheduler(parser: Parser) -> None:
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="have the workers of a dask scheduler predict, tcp://host:8786 for example",
    )


def _outlines(parser: Parser) -> None:
    group = parser.add_argument_group("polygons")
    group.add_argument("--threshold", type=float, help="probability from 0 to 1 (default: 0.5)")
    group.add_argument(
        "--min-confidence",
        type=float,
        metavar="P",
        help="drop polygons of a lower mean probability (default: 0.7, or 0.4 of the way from the "
        "threshold to 1; 0 keeps all)",
    )
    group.add_argument(
        "--min-area",
        type=float,
        dest="min_area_m2",
        metavar="M2",
        help="drop smaller polygons (default: a quarter of a small labelled object)",
    )
    group.add_argument(
        "--min-hole",
        type=float,
        dest="min_hole_m2",
        metavar="M2",
        help="fill smaller holes (default: 0)",
    )
    group.add_argument(
        "--simplify",
        type=float,
        dest="simplify_m",
        metavar="M",
        help="how far outlines may be simplified (default: a pixel in run, 0 in vectorise)",
    )
    group.add_argument(
        "--no-split",
        dest="split",
        action="store_const",
        const=False,
        help="leave objects that touch in one polygon",
    )
    group.add_argument(
        "--shape",
        choices=("outline", "right-angles", "box"),
        help="right angles for buildings, boxes for ships (default: outline)",
    )


def _weights(parser: "argparse._ActionsContainer") -> None:
    parser.add_argument(
        "--backbone-weights",
        metavar="FILE",
        help="the backbone's weights, or hub:OWNER/REPOSITORY@REVISION#SHA256",
    )


def _device(parser: "argparse._ActionsContainer") -> None:
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        help="default: a GPU if one works, else the CPU",
    )


def _bands(text: str) -> tuple[int, ...]:
    try:
        bands = tuple(int(part) for part in text.split(","))
    except ValueError:
        bands = ()
    if not bands or min(bands) < 1 or len(set(bands)) < len(bands):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of different bands, counted from 1, such as 3,2,1"
        )
    return bands


def _source(text: str) -> LabelSource:
    try:
        return parse_source(text)
    except LabelError as mistake:
        raise argparse.ArgumentTypeError(str(mistake)) from mistake


VERBS: dict[str, tuple[str, Callable[[Parser], None]]] = {
    "run": ("train on labels, predict images and write polygons", _run),
    "train": ("adapt a model to labels", _train),
    "validate": ("measure by cross-validation how good models of these labels are", _validate),
    "plan": ("tell what a prediction will take: time, memory, disk", _plan),
    "predict": ("apply a model to images", _predict),
    "vectorise": ("turn predicted rasters into polygons", _vectorise),
    "evaluate": ("compare polygons with the truth", _evaluate),
    "suggest": ("find windows to label next", _suggest),
    "export": ("write a model as ONNX", _export),
    "sample": ("write a small synthetic scene to try things on", _sample),
    "serve": ("answer requests on stdin, as QGIS asks them; see docs/PROTOCOL.md", _serve),
    "info": ("tell versions, devices, backbones and adapters", _info),
}
