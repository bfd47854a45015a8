# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job writes: checked before any work is done, and afterwards there whole or not at all."""

import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from weft.errors import OutputError, RequestError


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
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as reason:
        raise OutputError(
            f"The folder of {path} cannot be written to ({reason.strerror}); choose another."
        ) from reason


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
        os.replace(partial, path)
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
