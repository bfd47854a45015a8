# SPDX-License-Identifier: GPL-3.0-or-later
"""Users paste sources as QGIS shows them, and learn what is wrong with one in a sentence."""

from pathlib import Path

import pytest

from weft.errors import LabelError
from weft.labels.source import LabelSource, parse_source


@pytest.mark.parametrize(
    ("text", "path", "layer"),
    [
        ("train.gpkg", "train.gpkg", None),
        ("train.gpkg|layername=labels", "train.gpkg", "labels"),
        ("/data/my map.gpkg|layername=Größe 2", "/data/my map.gpkg", "Größe 2"),
        ("C:/Users/Ünï/train.gpkg|layername=a", "C:/Users/Ünï/train.gpkg", "a"),
    ],
)
def test_reads_what_qgis_writes(text: str, path: str, layer: str | None) -> None:
    source = parse_source(text)
    assert source == LabelSource(Path(path), layer)
    assert parse_source(str(source)) == source


@pytest.mark.parametrize("option", ["layerid=0", "subset=class = 'a'", "layername=", "nonsense"])
def test_refuses_what_would_select_other_features(option: str) -> None:
    with pytest.raises(LabelError, match="layername=name"):
        parse_source(f"train.gpkg|{option}")


def test_refuses_an_empty_path() -> None:
    with pytest.raises(LabelError, match="names no file"):
        parse_source("|layername=labels")
