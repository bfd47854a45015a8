# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of single runs, one JSON line each, so that a benchmark goes on where it was stopped."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = (
    "backend/weft/**/*.py",
    "resources/backbones/*.safetensors",
    "benchmarks/filters.py",
    "benchmarks/forest.py",
    "benchmarks/methods.py",
)


@dataclass(frozen=True)
class Settings:
    """What makes runs comparable: the code's digest, the machine in words, device and budget."""

    code: str
    machine: str
    device: str
    budget_s: float


@dataclass(frozen=True)
class Record:
    """One run; figures are None when it failed, and `error` says why.

    `train_s` is the training itself, `whole_s` the process from start to polygons. `iou` and `f1`
    are means over classes, `classes` holds each class's own.
    """

    settings: Settings
    scene: str
    seed: int
    method: str
    date: str
    iou: float | None = None
    f1: float | None = None
    train_s: float | None = None
    whole_s: float | None = None
    peak_mib: float | None = None
    classes: dict[str, dict[str, float]] | None = None
    error: str | None = None

    @property
    def key(self) -> tuple[str, int, str]:
        """Which run this is among those of equal settings."""
        return self.scene, self.seed, self.method


def append(path: Path, record: Record) -> None:
    """Add a line to the file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")


def read(path: Path, settings: Settings) -> dict[tuple[str, int, str], Record]:
    """The last record of each run with these settings."""
    return {record.key: record for record in read_all(path) if record.settings == settings}


def read_all(path: Path) -> Iterator[Record]:
    """Every record of the file, which need not exist."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        yield Record(**raw | {"settings": Settings(**raw["settings"])})


def code_digest() -> str:
    """Twelve digits that change with anything that could change a figure."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in CODE for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
