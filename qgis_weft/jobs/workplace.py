# SPDX-License-Identifier: GPL-3.0-or-later
"""Where jobs put their files: beside the project where there is one, else in the user's data."""

import secrets
from datetime import datetime
from pathlib import Path

from qgis.core import QgsProject


def project_folder(fallback):
    """The folder NAME_weft beside the saved project, or `fallback` while it is not saved.

    For a project that lies in a database it is beside `fallback`.
    """
    project = QgsProject.instance()
    if not project.fileName():
        return Path(fallback)
    name = f"{project.baseName()}_weft"
    beside = Path(project.readPath(f"./{name}"))
    return beside if beside.is_absolute() else Path(fallback).with_name(name)


def unused_name(folder, stem, suffix):
    """The plain name, or a fresh one where another project or window has a file of that name."""
    plain = Path(folder) / f"{stem}{suffix}"
    return fresh_name(Path(folder), stem, suffix) if plain.exists() else plain


def fresh_name(folder, stem, suffix):
    """A path that does not exist yet; its folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    return folder / f"{stem}-{stamp}-{secrets.token_hex(2)}{suffix}"


def with_ending(path, ending):
    """The path as it was typed, with the ending where that is lacking."""
    return Path(path if path.lower().endswith(ending) else path + ending)
