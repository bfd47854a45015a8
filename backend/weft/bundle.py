# SPDX-License-Identifier: GPL-3.0-or-later
"""The model file `.weft`: safetensors with what was trained, and a JSON card. No code in it."""

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from weft.errors import ModelError
from weft.outputs import write_whole
from weft.tone import Tone

FORMAT = 2
KEY = "weft"
DIGEST = "sha256"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MOST_CLASSES = 254  # a uint8 class raster keeps 0 for background and 255 for nodata
# All that reading was seen to raise for damaged files, each of which had some bytes changed.
UNREADABLE = (SafetensorError, OSError, ValueError, TypeError, AttributeError, KeyError)

Z = 1.96  # standard deviations that hold 95 %

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class ModelClass:
    """A class and its colour as `#rrggbb`."""

    name: str
    colour: str


@dataclass(frozen=True)
class FoundObjects:
    """Of `true` objects `hits` are found, among `found` in all, and between what limits F1 lies.

    The limits are Wilson's for 95 % (1927, 10.1080/01621459.1927.10502953), with F1 taken for a
    share of the mean of `true` and `found`. They know of chance among objects, not among places.
    """

    hits: int
    true: int
    found: int
    f1_low: float
    f1_high: float

    @classmethod
    def of(cls, hits: int, true: int, found: int) -> "FoundObjects":
        """The counts with their limits; 0 to 1 where there is nothing to count."""
        count = (true + found) / 2
        if not count:
            return cls(hits, true, found, 0.0, 1.0)
        share, spread = hits / count, Z**2 / count
        middle = (share + spread / 2) / (1 + spread)
        half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        return cls(hits, true, found, round(low, 3), round(high, 3))


@dataclass(frozen=True)
class TrainingFigures:
    """How the model came about; `held_out_iou` has a figure a class; None if not measured.

    `held_out_objects`, a count a class, is None too where training ended before they were counted.
    `small_object_m2` is the tenth percentile of the labels' areas, None where that is unknown.
    `seen`, as WKT in `seen_crs`, is the ground that the state to go on from has learned from;
    `held_out_ground` is the rest of what was labelled, whose figures were taken before it taught.
    """

    seconds: float
    steps: int
    seed: int
    loss: float | None
    held_out_iou: tuple[float | None, ...] | None
    areas: int
    labels: dict[str, int]
    images: tuple[str, ...]
    small_object_m2: float | None = None
    seen: str | None = None
    seen_crs: str | None = None
    schedule: str = "constant"
    held_out_objects: tuple[FoundObjects, ...] | None = None
    held_out_ground: str | None = None


@dataclass(frozen=True)
class ModelCard:
    """Everything about a model but its weights.

    `bands` are 1-based; `low` and `high` are the raw values of each band that become 0 and 1;
    `tone` is that of the images which were labelled, None for a model to which all are alike;
    `gsd_m` is the ground sampling distance in metres, None for images without a CRS;
    `backbone_digest` is the SHA-256 of the backbone's weights file.
    """

    backbone: str
    backbone_digest: str
    adapter: str
    bands: tuple[int, ...]
    dtype: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    gsd_m: float | None
    classes: tuple[ModelClass, ...]
    training: TrainingFigures
    tone: Tone | None = None
    licence_notes: tuple[str, ...] = ()
    created: str = ""
    weft_version: str = ""
    format: int = field(default=FORMAT)


def write_bundle(path: Path, card: ModelCard, tensors: Tensors) -> None:
    """Write a model file, aside and then renamed; OutputError when that fails."""
    text = json.dumps(asdict(card), allow_nan=False)
    # safetensors silently scrambles arrays in any other order, such as channels last.
    ordered = {name: np.asarray(value, order="C") for name, value in tensors.items()}
    write_whole(path, save(ordered, metadata={KEY: text, DIGEST: _digest(text, ordered)}))


def read_bundle(path: Path) -> tuple[ModelCard, Tensors]:
    """Card and tensors of a model file; ModelError when it is absent, damaged or unknown."""
    if path.is_dir():
        raise ModelError(f"{path} is a folder; give a .weft file.")
    if not path.exists():
        raise ModelError(f"The model {path} does not exist; check the path.")
    try:
        with safe_open(path, "np") as file:
            metadata: dict[str, str] = file.metadata() or {}
            # the weights of other programs may be larger than memory
            if KEY not in metadata:
                raise ModelError(f"{path} holds weights but no WEFT model; give a .weft file.")
            card = _parse_card(path, metadata[KEY])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except UNREADABLE as reason:
        raise ModelError(
            f"{path} is damaged or no WEFT model; copy it again from where it came, or retrain."
        ) from reason
    if metadata.get(DIGEST) != _digest(metadata[KEY], tensors):
        raise ModelError(
            f"{path} was changed or damaged after it was saved; copy it again from where it came, "
            "or retrain."
        )
    if not all(np.isfinite(value).all() for value in tensors.values()):
        raise ModelError(f"{path} has weights that are no numbers; retrain the model.")
    return card, tensors


def _digest(text: str, tensors: Tensors) -> str:
    """SHA-256 of card and tensors, because the format itself notices no changed byte."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tensors[name].shape}".encode())
        digest.update(tensors[name].tobytes())
    return digest.hexdigest()


def _parse_card(path: Path, text: str) -> ModelCard:
    try:
        raw = msgspec.json.decode(text)
        version = raw["format"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError) as reason:
        raise ModelError(f"The description in {path} is damaged; retrain the model.") from reason
    if version != FORMAT:
        raise ModelError(
            f"{path} has the model format {version}, but this WEFT knows format {FORMAT}; install "
            "the version of WEFT that made it, or retrain."
        )
    try:
        card = msgspec.convert(raw, ModelCard)
        surplus = raw.keys() - asdict(card), raw["training"].keys() - asdict(card.training)
    except msgspec.ValidationError as reason:
        raise _incomplete(path) from reason
    if any(surplus):
        raise _incomplete(path)
    if not _is_sound(card):
        raise ModelError(f"The description in {path} contradicts itself; retrain the model.")
    return card


def _incomplete(path: Path) -> ModelError:
    return ModelError(f"The description in {path} is incomplete; retrain the model.")


def _is_sound(card: ModelCard) -> bool:
    """Whether training and prediction can rely on the card."""
    bands, small = card.bands, card.training.small_object_m2
    limits = zip(card.low, card.high, strict=False)
    return (
        len(bands) == len(card.low) == len(card.high) == len(set(bands)) > 0
        and min(bands) >= 1
        and all(low < high for low, high in limits)
        and (card.tone is None or _is_tone(card.tone, len(bands)))
        and (card.gsd_m is None or card.gsd_m > 0)
        and (small is None or small >= 0)
        and 0 < len(card.classes) <= MOST_CLASSES
        and all(COLOUR.fullmatch(each.colour) for each in card.classes)
        and _is_ground(card.training)
    )


def _is_ground(training: TrainingFigures) -> bool:
    polygons = [wkt for wkt in (training.seen, training.held_out_ground) if wkt is not None]
    try:
        shapely.from_wkt(polygons)
        if training.seen_crs is not None:
            CRS.from_wkt(training.seen_crs)
    except (shapely.GEOSException, CRSError):
        return False
    return True


def _is_tone(tone: Tone, bands: int) -> bool:
    return (
        len(tone.mean) == len(tone.deviation) == bands
        and all(map(math.isfinite, tone.mean))
        and all(0 < deviation < math.inf for deviation in tone.deviation)
    )
