# SPDX-License-Identifier: GPL-3.0-or-later
"""The rivals of the few-shot benchmark. A new one is a function from a task to a command.

`trunk` holds the reference trunk's weights.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from runs import Task, on_backbone, weft_command

TRUNK = "resnetv2_50_trunk"


def on_trunk_command(task: Task, trunk: Path, *options: str) -> list[str]:
    """`weft run` on the reference trunk."""
    return weft_command(task, *on_backbone(TRUNK, trunk), *options)


def forest_command(task: Task, trunk: Path) -> list[str]:
    """The forest on the task; it has no budget and takes the time it takes."""
    script = str(Path(__file__).with_name("forest.py"))
    return [sys.executable, script, *task.sources, "--out", str(task.out)]


RIVALS: dict[str, Callable[[Task, Path], list[str]]] = {
    "weft-trunk": on_trunk_command,
    "weft-embedded": lambda task, trunk: weft_command(task),
    "linear-trunk": lambda task, trunk: on_trunk_command(task, trunk, "--adapter", "linear"),
    "linear-embedded": lambda task, trunk: weft_command(task, "--adapter", "linear"),
    "forest": forest_command,
}

DESCRIBED = {
    "weft-trunk": "`weft` adapter on the reference ResNet trunk",
    "weft-embedded": "WEFT as it ships: embedded backbone, no options",
    "linear-trunk": "one 1x1 layer on the frozen trunk",
    "linear-embedded": "one 1x1 layer on the frozen embedded backbone",
    "forest": "random forest of 100 trees on filters at four scales (ilastik's recipe)",
}
