# SPDX-License-Identifier: GPL-3.0-or-later
"""Vector sources in QGIS's own convention: `path|layername=name`."""

from dataclasses import dataclass
from pathlib import Path

from weft.errors import LabelError


@dataclass(frozen=True)
class LabelSource:
    """A vector file and, where it holds several, the layer that is meant."""

    path: Path
    layer: str | None = None

    def __str__(self) -> str:
        return f"{self.path}|layername={self.layer}" if self.layer else str(self.path)


def parse_source(text: str) -> LabelSource:
    """Split `path|layername=name`.

    Raises `LabelError` for an empty path and for options (`layerid`, `subset`, ...) that would
    silently select other features than the user means.
    """
    path, *options = text.split("|")
    if not path.strip():
        raise LabelError(f"'{text}' names no file; write a source as 'path|layername=name'.")
    layer = None
    for option in options:
        key, _, value = option.partition("=")
        if key.strip().lower() != "layername" or not value.strip():
            raise LabelError(
                f"'{text}' has the part '|{option}', which is not supported; write the source as "
                "'path|layername=name', after saving filtered features as a layer of their own."
            )
        layer = value.strip()
    return LabelSource(Path(path.strip()), layer)
