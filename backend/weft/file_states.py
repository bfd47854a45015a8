# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether files are still what they were, told without reading them."""

from collections.abc import Iterable
from pathlib import Path

FileStates = dict[str, list[int] | None]


def file_states(files: Iterable[Path]) -> FileStates:
    """Bytes and time of change (ns) of each file by its absolute path; None where there is none.

    Files beside it that hold a part of it are told of, too. Equal to its own copy in JSON.
    """
    paths = [path.resolve() for path in files]
    # fields of a Shapefile; edits of a GeoPackage while QGIS has it open
    beside = [each for path in paths for each in (path.with_suffix(".dbf"), Path(f"{path}-wal"))]
    paths += [path for path in beside if path.exists() and path.stat().st_size]
    states = {str(path): path.stat() if path.exists() else None for path in paths}
    return {name: state and [state.st_size, state.st_mtime_ns] for name, state in states.items()}
