# SPDX-License-Identifier: GPL-3.0-or-later
"""Where jobs put their files: beside the project where there is one, else in the user's data."""

import secrets
from datetime import datetime
from pathlib import Path

from qgis.core import QgsProject


def project_folder(fallback):
    """The folder weft/ beside the saved project, or `fallback` while it has no file."""
    file = QgsProject.instance().fileName()
    return Path(file).parent / f"{Path(file).stem}_weft" if file else Path(fallback)


def unused_name(folder, stem, suffix):
    """The plain name, or a fresh one where another project or window has a file of that name."""
    plain = Path(folder) / f"{stem}{suffix}"
    return fresh_name(Path(folder), stem, suffix) if plain.exists() else plain


def fresh_name(folder, stem, suffix):
    """A path that does not exist yet; its folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    return folder / f"{stem}-{stamp}-{secrets.token_hex(2)}{suffix}"
