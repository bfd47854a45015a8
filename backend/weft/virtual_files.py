# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that are no files of this machine: in archives, on servers, in a cloud's storage.

GDAL reads them by paths that begin with /vsi, https://gdal.org/user/virtual_file_systems.html.
Where these have two slashes, a `Path` has one.
"""

import re
from pathlib import Path

SERVER = re.compile(r"(https?|ftp)://", re.IGNORECASE)
ADDRESS = re.compile(r"\b(https?|ftp):/(?!/)", re.IGNORECASE)
IN_ARCHIVE = re.compile(r"(/vsi(?:zip|gzip|tar|7z|rar)/)(?![/{]|[A-Za-z]:)")
FROM_HERE = re.compile(IN_ARCHIVE.pattern + r"(?!vsi\w+/)")


def image_path(text: str) -> Path:
    """The path of an image, given as the user writes it: a path, or an address on a server."""
    if SERVER.match(text):
        return Path(f"/vsicurl/{text}")
    inside = FROM_HERE.match(text)
    if inside:
        return Path(inside[1] + Path(text.removeprefix(inside[0])).absolute().as_posix())
    return Path(text)


def is_virtual(path: Path) -> bool:
    """Whether only GDAL can tell what is there."""
    return path.as_posix().startswith("/vsi")


def gdal_name(path: Path) -> str:
    """What GDAL calls it; an archive's place is absolute."""
    if not is_virtual(path):
        return str(path)
    return ADDRESS.sub(r"\1://", IN_ARCHIVE.sub(r"\1/", path.as_posix()))
