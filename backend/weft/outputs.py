# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job writes: checked before any work is done, and afterwards there whole or not at all."""

import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from weft.errors import OutputError, RequestError

PATIENCE_S = 2.0
PAUSE_S = 0.05
HELD = (5, 32, 33)  # what Windows says of a file that another program has open


def check_file(path: Path, suffix: str) -> None:
    """RequestError or OutputError unless a file with this suffix can be written at `path`."""
    if path.suffix.lower() != suffix:
        raise RequestError(f"{path} does not end in {suffix}; give it a name that does.")
    if path.is_dir():
        raise OutputError(f"{path} is a folder; give the name of a file.")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"The folder of {path} does not exist; create it first.")
    try:
        # Permissions alone do not tell of read-only and full disks.
        draft_folder(path.parent).rmdir()
    except OSError as reason:
        raise OutputError(
            f"The folder of {path} cannot be written to ({reason.strerror}); choose another."
        ) from reason


def draft_folder(place: Path) -> Path:
    """A new hidden folder in `place`, for what is moved out of it when it is complete.

    Not by `tempfile`: on Windows its folders keep all others from what is made in them, wherever
    that is moved, and where none can be made it tries for hours. OSError.
    """
    folder = place / f".draft-{secrets.token_hex(4)}"
    folder.mkdir()
    return folder


def replace(source: Path, target: Path) -> None:
    """Rename `source`, over `target` if there is one; OSError.

    On Windows virus scanners and indexers hold fresh files for a moment, which is waited for.
    """
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            os.replace(source, target)
            return
        except OSError as reason:
            if getattr(reason, "winerror", None) not in HELD or time.monotonic() > end:
                raise
        time.sleep(PAUSE_S)


def check_apart(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """RequestError when an output would overwrite one of the inputs."""
    sources = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in sources:
            raise RequestError(
                f"{path} is also an input, and the result would overwrite it; write somewhere else."
            )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside and rename it; OutputError when that fails, and what stood there stays."""
    partial = path.with_name(f".{path.name}-{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            file.write(content)
        replace(partial, path)
    except OSError as reason:
        raise OutputError(
            f"{path} cannot be written ({reason.strerror}); free some space or choose another "
            "place."
        ) from reason
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make `folder` and its parents; if the block fails, take away those that are still empty."""
    absent = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        _remove_empty(absent)
        raise OutputError(
            f"The folder {folder} cannot be created ({reason.strerror}); choose another with --out."
        ) from reason
    try:
        yield
    except BaseException:
        _remove_empty(absent)
        raise


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
