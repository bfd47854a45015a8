# SPDX-License-Identifier: GPL-3.0-or-later
"""One method on one task: learn, predict and score, each in a process of its own."""

import json
import shutil
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measured import Measured, measure
from records import Record
from scenes import Scene

from weft.bundle import read_bundle

MISTAKE = 2  # the exit status of what was asked wrongly


@dataclass(frozen=True)
class Task:
    """Learn from one seed's areas and write the polygons of all images to `out`.

    `budget_s` bounds training.
    """

    scene: Scene
    seed: int
    out: Path
    budget_s: float
    device: str

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


def on_backbone(name: str, weights: Path | None) -> list[str]:
    """The options that choose a backbone."""
    return ["--backbone", name, *(["--backbone-weights", str(weights)] if weights else [])]


def carry_out(task: Task, command: list[str], blank: Record, keep: bool = False) -> Record:
    """`blank` with the figures of a run or why there are none; with `keep`, its files stay."""
    task.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _measured(task, command, replace(blank, date=today()))
    finally:
        if not keep:
            shutil.rmtree(task.out.parent)


def today() -> str:
    """The date, as records have it."""
    return datetime.now(UTC).date().isoformat()


def _measured(task: Task, command: list[str], blank: Record) -> Record:
    result = measure(command)
    if result.status == MISTAKE and blank.backbone is not None:
        return replace(blank, unsuited=result.sentence)
    if result.status != 0:
        return replace(blank, error=f"exit status {result.status}: {result.last_words}")
    score = measure(scoring(task))
    if score.status != 0:
        return replace(blank, error=f"scoring failed: {score.last_words}")
    figures: dict[str, Any] = json.loads(score.output)
    return replace(
        blank,
        iou=figures["mean_iou"],
        f1=figures["mean_f1"],
        classes=figures["classes"],
        train_s=training_seconds(task, result),
        whole_s=round(result.seconds, 2),
        peak_mib=round(result.peak_mib, 1),
    )


def scoring(task: Task) -> list[str]:
    """`weft evaluate` outside the areas that were learned from."""
    return [
        *(sys.executable, "-m", "weft", "evaluate", str(task.out), "--truth", task.scene.truth),
        *("--exclude", task.scene.areas(task.seed), "--json", "--images", *task.scene.images),
    ]


def training_seconds(task: Task, result: Measured) -> float:
    """Seconds of the training itself: from WEFT's model file, or as the method printed them."""
    model = task.out.with_name(f"{task.out.stem}_weft") / f"{task.out.stem}.weft"
    if model.exists():
        return read_bundle(model)[0].training.seconds
    return float(json.loads(result.output)["train_s"])
