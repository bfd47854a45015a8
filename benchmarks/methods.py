# SPDX-License-Identifier: GPL-3.0-or-later
"""The rivals of the few-shot benchmark. A new one is a function from a task to a command."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scenes import Scene

TRUNK = "resnetv2_50_trunk"


@dataclass(frozen=True)
class Task:
    """Learn from one seed's areas and write the polygons of all images to `out`.

    `budget_s` bounds training; `trunk` holds the reference trunk's weights.
    """

    scene: Scene
    seed: int
    out: Path
    budget_s: float
    device: str
    trunk: Path

    @property
    def sources(self) -> list[str]:
        """Images, labels and areas as every method takes them."""
        labels, areas = self.scene.labels(self.seed), self.scene.areas(self.seed)
        return [*self.scene.images, "--labels", labels, "--areas", areas, "--seed", str(self.seed)]


def weft_command(task: Task, *options: str) -> list[str]:
    """`weft run` on the task."""
    return [
        *(sys.executable, "-m", "weft", "run", *task.sources, *options),
        *("--budget", str(task.budget_s), "--device", task.device, "--out", str(task.out)),
    ]


def on_trunk(task: Task) -> list[str]:
    """The options that choose the reference trunk."""
    return ["--backbone", TRUNK, "--backbone-weights", str(task.trunk)]


def forest_command(task: Task) -> list[str]:
    """The forest on the task; it has no budget and takes the time it takes."""
    script = str(Path(__file__).with_name("forest.py"))
    return [sys.executable, script, *task.sources, "--out", str(task.out)]


METHODS: dict[str, Callable[[Task], list[str]]] = {
    "weft-trunk": lambda task: weft_command(task, *on_trunk(task)),
    "weft-embedded": lambda task: weft_command(task),
    "linear-trunk": lambda task: weft_command(task, *on_trunk(task), "--adapter", "linear"),
    "linear-embedded": lambda task: weft_command(task, "--adapter", "linear"),
    "forest": forest_command,
}

DESCRIBED = {
    "weft-trunk": "`weft` adapter on the reference ResNet trunk",
    "weft-embedded": "WEFT as it ships: embedded backbone, no options",
    "linear-trunk": "one 1x1 layer on the frozen trunk",
    "linear-embedded": "one 1x1 layer on the frozen embedded backbone",
    "forest": "random forest of 100 trees on filters at four scales (ilastik's recipe)",
}
