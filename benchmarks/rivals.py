# SPDX-License-Identifier: GPL-3.0-or-later
"""The rivals of the few-shot benchmark. A new one is a function from a task to a command.

`trunk` holds the reference trunk's weights.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from runs import Task, on_backbone, weft_command

from weft.backbones.registry import DEFAULT_BACKBONE

TRUNK = "resnetv2_50_trunk"
EMBEDDED = DEFAULT_BACKBONE


def on_trunk_command(task: Task, trunk: Path, *options: str) -> list[str]:
    """`weft run` on the reference trunk."""
    return weft_command(task, *on_backbone(TRUNK, trunk), *options)


def forest_command(task: Task, trunk: Path, *options: str) -> list[str]:
    """The forest on the task; it has no budget and takes the time it takes."""
    script = str(Path(__file__).with_name("forest.py"))
    return [sys.executable, script, *task.sources, *options, "--out", str(task.out)]


def unet_command(task: Task, trunk: Path) -> list[str]:
    """The U-Net on the task."""
    script = str(Path(__file__).with_name("unet.py"))
    bounds = ["--budget", str(task.budget_s), "--device", task.device]
    return [sys.executable, script, *task.sources, *bounds, "--out", str(task.out)]


RIVALS: dict[str, Callable[[Task, Path], list[str]]] = {
    "weft-trunk": lambda task, trunk: on_trunk_command(task, trunk, "--adapter", "weft"),
    "weft-embedded": lambda task, trunk: weft_command(task),
    "linear-trunk": lambda task, trunk: on_trunk_command(task, trunk, "--adapter", "linear"),
    "linear-embedded": lambda task, trunk: weft_command(task, "--adapter", "linear"),
    "full-embedded": lambda task, trunk: weft_command(task, "--adapter", "full"),
    "forest": forest_command,
    "deep-forest": lambda task, trunk: forest_command(task, trunk, *on_backbone(EMBEDDED, None)),
    "unet": unet_command,
}

DESCRIBED = {
    "weft-trunk": "`weft` adapter on the reference ResNet trunk",
    "weft-embedded": "WEFT as it ships: embedded backbone, no options",
    "linear-trunk": "one 1x1 layer on the frozen trunk",
    "linear-embedded": "one 1x1 layer on the frozen embedded backbone",
    "full-embedded": "all of the embedded backbone and the heads learn",
    "forest": "random forest of 100 trees on filters at four scales (ilastik's recipe)",
    "deep-forest": "the same forest, also on the embedded backbone's frozen maps (convpaint's)",
    "unet": "a small U-Net from scratch",
}
