# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a prediction that are finished, kept until all are, so that a stopped one can go on."""

import json
import os
import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path

import psutil

from weft.errors import OutputError
from weft.file_states import file_states
from weft.grid import Window
from weft.inference.row_file import SUFFIX, Levels, read_rows, writing

IDENTITY, OWNER, FILES = "identity.json", "owner.json", "files.json"


class KeptRows:
    """Finished rows in a folder, which need not exist; nothing there is changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def identity(self) -> dict[str, object]:
        """The image they are of and the way they were predicted; empty where there is nothing."""
        return _read(self.folder / IDENTITY)

    @property
    def finished(self) -> int:
        """How many rows there are from the first one on without a gap."""
        return max((stop for _, stop, _ in self._chain()), default=0)

    def has(self, start: int, stop: int) -> bool:
        """Whether there are all rows from `start` to before `stop`."""
        row = start
        for first, last, _ in self._parts():
            if first <= row < last:
                row = last
        return row >= stop

    def read(self) -> Generator[tuple[Window, Levels], None, None]:
        """Where it lies and the levels (bands, h, w) of each block up to the first gap, in order.

        OutputError for a part that is damaged.
        """
        for start, _, path in self._chain():
            yield from read_rows(path, start)

    def made(self, files: Iterable[Path]) -> bool:
        """Whether an earlier prediction of this identity has finished these files as they are."""
        known = _read(self.folder / FILES)
        return bool(known) and known == file_states(files)

    def _chain(self) -> Iterator[tuple[int, int, Path]]:
        row = 0
        for start, stop, path in self._parts():
            if start > row:
                return
            row = max(row, stop)
            yield start, stop, path

    def _parts(self) -> Iterator[tuple[int, int, Path]]:
        # macOS puts files that begin with ._ beside others on some disks
        for path in sorted(self.folder.glob(f"[0-9]*{SUFFIX}")):
            start, stop = path.name.removesuffix(SUFFIX).split("-")
            yield int(start), int(stop), path


class RowStore(KeptRows):
    """Finished rows in a hidden folder, for one image and one way to predict it.

    They are kept until `finish`, also when it is closed before. What another `identity` has left
    there is dropped, and `dropped` tells so; without one, nothing is ever kept or found. A store
    belongs to one process at a time. OutputError for a folder that cannot be written or is in use.
    """

    def __init__(self, folder: Path, identity: Mapping[str, object] | None) -> None:
        super().__init__(folder)
        self._lasting = identity is not None
        with writing(folder):
            _check_owner(folder)
            known = self.identity
            same = identity is not None and known == dict(identity)
            self.dropped = self._lasting and bool(known) and not same
            if not same and folder.exists():
                # a file that stayed, because another program holds it, would pass for one of ours
                shutil.rmtree(folder)
            folder.mkdir(exist_ok=True)
            (folder / OWNER).write_text(json.dumps(_this_process()))
            for each in folder.iterdir():
                _drop_unless_finished(each)
            (folder / IDENTITY).write_text(json.dumps(identity))

    def close(self) -> None:
        """Leave what is finished to a later prediction, and nothing where nothing is."""
        if self._lasting and (any(self._parts()) or (self.folder / FILES).exists()):
            (self.folder / OWNER).unlink(missing_ok=True)
        else:
            self.forget()

    def finish(self, files: Iterable[Path]) -> None:
        """The rows are in these files now: keep only their states."""
        with writing(self.folder):
            (self.folder / FILES).write_text(json.dumps(file_states(files)))
            for _, _, path in self._parts():
                path.unlink()

    def forget(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _drop_unless_finished(path: Path) -> None:
    """What a killed process had begun is of no use."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    elif path.suffix == ".partial":
        path.unlink(missing_ok=True)


def _check_owner(folder: Path) -> None:
    owner = _read(folder / OWNER)
    if owner and owner != _this_process() and owner == _process(owner.get("pid")):
        raise OutputError(
            f"{folder.parent} is being written by another prediction of the same image; wait for "
            "it, or choose another folder with --out."
        )


def _this_process() -> dict[str, float]:
    return _process(os.getpid())


def _process(pid: object) -> dict[str, float]:
    """What tells a process from others, also from a later one of the same number."""
    try:
        return {"pid": int(str(pid)), "since": psutil.Process(int(str(pid))).create_time()}
    except (ValueError, psutil.Error):
        return {}


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
