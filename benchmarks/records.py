# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of single runs, one JSON line each, so that a benchmark goes on where it was stopped."""

import ast
import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

ROOT = Path(__file__).resolve().parents[1]
# what decides figures; command line, server and sample scene do not
ROOMS = ["adapters", "backbones", "heads", "inference", "labels", "polygons", "raster", "training"]
JOBS = (
    *("card", "engine_choice", "evaluate", "export", "held_out_objects", "material", "predict"),
    *("predict_request", "predicted", "predictors", "prepare", "resolution", "run", "start"),
    *("train", "train_request", "trained", "vectorise"),
)
CODE = (
    "backend/weft/*.py",
    *(f"backend/weft/{room}/**/*.py" for room in ROOMS),
    *(f"backend/weft/jobs/{job}.py" for job in JOBS),
    "resources/backbones/*.safetensors",
)


class Kept(Protocol):
    """What a record of any benchmark has: `key` is unique among those of equal `settings`."""

    @property
    def settings(self) -> Any:
        """What makes records comparable."""

    @property
    def key(self) -> Hashable:
        """Which run this is."""

    @property
    def date(self) -> str:
        """When it ran."""

    @property
    def error(self) -> str | None:
        """Why it failed, where it did; such a run is tried again."""

    @property
    def told(self) -> str:
        """One line for the terminal."""


R = TypeVar("R", bound=Kept)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Settings:
    """What makes runs comparable: the code's digest, the machine in words, device and bounds.

    `budget_s` bounds the training by time; `steps`, where a benchmark has runs of equal steps,
    those. `backbone` is that of all runs, None for the one that ships or where
    runs name their own.
    """

    code: str
    machine: str
    device: str
    budget_s: float
    steps: int | None = None
    backbone: str | None = None


@dataclass(frozen=True)
class Record:
    """One run; figures are None when it failed, and `error` says why.

    `train_s` is the training itself, `whole_s` the process from start to polygons. `iou` and `f1`
    are means over classes, `classes` holds each class's own. A benchmark of backbones names them
    and tells by `bound` whether time or steps ended the training; `unsuited` is what WEFT answered
    to a method that does not go with the backbone.
    """

    settings: Settings
    scene: str
    seed: int
    method: str
    date: str = ""
    iou: float | None = None
    f1: float | None = None
    train_s: float | None = None
    whole_s: float | None = None
    peak_mib: float | None = None
    classes: dict[str, dict[str, float]] | None = None
    error: str | None = None
    unsuited: str | None = None
    backbone: str | None = None
    bound: str | None = None

    @property
    def key(self) -> Hashable:
        """Which run this is among those of equal settings."""
        return self.scene, self.seed, self.method, self.backbone, self.bound

    @property
    def told(self) -> str:
        """One line for the terminal."""
        parts = (self.scene, f"seed {self.seed}", self.backbone, self.method, self.bound)
        name = ", ".join(part for part in parts if part)
        if self.iou is None:
            return f"{name}: {self.error or self.unsuited}"
        return (
            f"{name}: IoU {self.iou:.3f}, F1 {self.f1:.3f}, {self.whole_s:.0f} s, "
            f"{self.peak_mib:.0f} MiB"
        )


def complete(
    jobs: Mapping[Hashable, Callable[[], R]], done: dict[Hashable, R], lines: Path
) -> Iterator[R]:
    """Carry out the jobs that `done` lacks or that failed; yields each record once it is kept."""
    for number, (key, job) in enumerate(jobs.items(), 1):
        if key in done and done[key].error is None:
            continue
        record = done[key] = job()
        append(lines, record)
        print(f"[{number}/{len(jobs)}] {record.told}", flush=True)
        yield record


def append(path: Path, record: Kept) -> None:
    """Add a line to the file."""
    with path.open("ab") as file:
        file.write(msgspec.json.encode(record) + b"\n")


def read(path: Path, settings: Any, kind: type[R]) -> dict[Hashable, R]:
    """The last record of each run with these settings."""
    return {each.key: each for each in read_all(path, kind) if each.settings == settings}


def newest(path: Path, kind: type[R]) -> dict[Hashable, R]:
    """The last record of each run with the settings of the last line."""
    every = list(read_all(path, kind))
    return read(path, every[-1].settings, kind) if every else {}


def newest_by_method(path: Path, settings: Settings) -> list[Record]:
    """Of each method the runs of its newest code, on the same machine, device and bounds."""
    every = [
        record
        for record in read_all(path, Record)
        if replace(record.settings, code=settings.code) == settings
    ]
    codes = {record.method: record.settings.code for record in every}
    newest = [record for record in every if record.settings.code == codes[record.method]]
    return list({record.key: record for record in newest}.values())


def side_by_side(records: Iterable[Record]) -> list[Record]:
    """Of each scene, seed, backbone and bound the runs of one code on one machine.

    So methods meet equal conditions, while seeds may be measured in several sittings. Of several
    such groups that of most methods, of those the newest. Device and bounds are the last record's.
    """
    every = list(records)
    groups: dict[Hashable, dict[Settings, dict[str, Record]]] = {}
    for record in every:
        like = replace(record.settings, code="", machine="")
        if like == replace(every[-1].settings, code="", machine=""):
            place = (record.scene, record.seed, record.backbone, record.bound)
            groups.setdefault(place, {}).setdefault(record.settings, {})[record.method] = record
    largest = (max(reversed(group.values()), key=_finished) for group in groups.values())
    return [record for group in largest for record in group.values()]


def _finished(group: Mapping[str, Record]) -> int:
    return sum(record.error is None for record in group.values())


def read_all(path: Path, kind: type[R]) -> Iterator[R]:
    """Every record of the file, which need not exist."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        yield msgspec.json.decode(line, type=kind)


def code_digest(*own: str) -> str:
    """Twelve digits that change with anything that could change a figure.

    `own` names the files of the benchmark itself that do so.
    """
    digest = hashlib.sha256()
    for path in sorted(path for pattern in (*CODE, *own) for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(what_runs(path))
    return digest.hexdigest()[:12]


def what_runs(path: Path) -> bytes:
    """The file without comments and docstrings, which change no figure."""
    content = path.read_bytes()
    if path.suffix != ".py":
        return content
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, Documented) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree).encode()


def in_common(records: Iterable[Record]) -> list[Record]:
    """Those on scenes and seeds that every method among them has finished.

    Means over others would compare easy scenes with hard ones.
    """
    finished = [record for record in records if record.iou is not None]
    methods = {record.method for record in finished}
    done: dict[tuple[str, int], set[str]] = {}
    for record in finished:
        done.setdefault((record.scene, record.seed), set()).add(record.method)
    return [record for record in finished if done[record.scene, record.seed] == methods]
