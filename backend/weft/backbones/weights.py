# SPDX-License-Identifier: GPL-3.0-or-later
"""Backbone weights: from a local file, from what ships with WEFT, or from a hub; always checked."""

import hashlib
import re
import struct
import sys
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError  # what torch.load raises for anything but tensors

import timm
import torch
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

import weft
from weft.backbones.frozen import FrozenBackbone, takes_any_tile
from weft.backbones.registry import BackboneSpec, find_backbone
from weft.backbones.wrapping import wrap
from weft.errors import ModelError

HUB = "hub:"
HUB_PIN = re.compile(HUB + r"([\w.-]+/[\w.-]+)@([0-9a-f]{40})#([0-9a-f]{64})")
COUNTERS = "num_batches_tracked"
LAYER_SCALE = re.compile(r"(.*\.)?gamma(_?\d)?")
# All that torch.load was seen to raise for damaged files, each of which had some bytes changed.
UNREADABLE = (
    SafetensorError,
    UnpicklingError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)


@dataclass(frozen=True)
class LoadedBackbone:
    """A frozen network with weights; `digest` is the SHA-256 of the file they came from."""

    network: FrozenBackbone
    spec: BackboneSpec
    digest: str


def load_backbone(name: str, weights: str | None = None) -> LoadedBackbone:
    """The backbone `name` with `weights`: a file, a pinned hub address, or None to search.

    A hub address reads `hub:OWNER/REPOSITORY@REVISION#SHA256`. Raises ModelError.
    """
    spec = find_backbone(name)
    path = locate(spec, weights)
    network = spec.build()
    fill(network, read_state(path), path.name, name)
    refuse_silent(network, path.name)
    frozen = wrap(network, spec.mean, spec.std)
    if not takes_any_tile(frozen):
        raise ModelError(f"The backbone {name} takes images of one size only; choose another.")
    return LoadedBackbone(frozen, spec, digest_of(path))


def locate(spec: BackboneSpec, weights: str | None) -> Path:
    """The local file with the weights of `spec`, downloaded if need be, or ModelError."""
    if weights is not None and weights.startswith(HUB):
        return download_pinned(weights)
    if weights is not None:
        path = Path(weights)
        if not path.is_file():
            raise ModelError(f"The weights file {path} does not exist; check --backbone-weights.")
        return path
    if spec.shipped is not None:
        return shipped_file(spec.shipped)
    return download_from_timm(spec)


def shipped_file(name: str) -> Path:
    """A weights file of resources/backbones; ModelError if this installation lacks it."""
    source_tree = Path(weft.__file__).parents[2] / "resources"
    installed = Path(sys.prefix) / "share" / "weft"
    for folder in (source_tree, installed):
        path = folder / "backbones" / name
        if path.is_file():
            return path
    raise ModelError(f"This installation lacks the backbone weights {name}; install WEFT again.")


def download_pinned(address: str, download: Callable[..., str] = hf_hub_download) -> Path:
    """The file of a hub address with revision and SHA-256, from the cache or the network."""
    match = HUB_PIN.fullmatch(address)
    if match is None:
        raise ModelError(
            f"{address!r} is no pinned hub address; write hub:OWNER/REPOSITORY@REVISION#SHA256 "
            "with the full 40 digits of the revision and 64 of the hash."
        )
    repository, revision, expected = match.groups()
    try:
        path = Path(download(repository, "model.safetensors", revision=revision))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as reason:
        raise ModelError(
            f"{repository} could not be downloaded; fetch its model.safetensors by other means "
            "and give it with --backbone-weights FILE."
        ) from reason
    if digest_of(path) != expected:
        raise ModelError(
            f"{repository} has other contents than its pinned hash says; do not use it."
        )
    return path


def download_from_timm(
    spec: BackboneSpec, download: Callable[..., None] = torch.hub.download_url_to_file
) -> Path:
    """timm's release file for `spec`, whose name carries its hash; ModelError if there is none."""
    settings = (
        timm.get_pretrained_cfg(spec.name) if timm.is_model(spec.name.split(".")[0]) else None
    )
    url = settings.url if settings else None
    if not isinstance(url, str):
        raise no_weights(spec.name)
    prefix = re.search(r"-([0-9a-f]{8,})\.(pth|safetensors)$", url)
    if prefix is None:
        raise no_weights(spec.name)
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            download(url, str(path), hash_prefix=prefix[1], progress=False)
        except (urllib.error.URLError, OSError) as reason:
            raise no_weights(spec.name) from reason
        except RuntimeError as reason:  # how torch.hub says that the hash is wrong
            raise ModelError(
                f"{url} has other contents than the hash in its name says; do not use it."
            ) from reason
    if not digest_of(path).startswith(prefix[1]):
        raise ModelError(f"{path.name} is damaged; delete {path} and try again.")
    return path


def no_weights(name: str) -> ModelError:
    """What to say when no weights are to be had: the three ways to get some."""
    return ModelError(
        f"There are no weights for {name}: give a local file with --backbone-weights FILE, use the "
        "backbone that ships with WEFT (leave --backbone out), or give a pinned hub address, "
        "hub:OWNER/REPOSITORY@REVISION#SHA256, with --backbone-weights on a machine with network "
        "access."
    )


def read_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file or of a .pth file with nothing but tensors in it."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as reason:
        raise ModelError(
            f"{path} is not a readable weights file; it must be safetensors, or .pth with tensors "
            "only."
        ) from reason
    for key in ("state_dict", "model"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in state.items()
    ):
        raise ModelError(f"{path} holds no dictionary of tensors; give a state dict.")
    return state


def fill(network: nn.Module, state: dict[str, Tensor], origin: str, name: str) -> None:
    """Put `state` into `network`; ModelError unless every tensor finds its place and shape.

    Tensors of the uncut classifier that feature extraction leaves away are passed over.
    """
    own = network.state_dict()
    state = {renamed(key, own): value for key, value in state.items()}
    missing = [key for key in own if key not in state and not key.endswith(COUNTERS)]
    surplus = [key for key in state if key not in own]
    if surplus and timm.is_model(name.split(".")[0]):
        uncut = timm.create_model(name).state_dict().keys()
        surplus = [key for key in surplus if key not in uncut]
    wrong = [key for key in own if key in state and own[key].shape != state[key].shape]
    for keys, what in (
        (missing, "lacks"),
        (surplus, "has unknown"),
        (wrong, "has other shapes of"),
    ):
        if keys:
            raise ModelError(
                f"The weights file {origin} {what} {len(keys)} tensors such as {keys[0]!r}; give a "
                f"file made for {name}."
            )
    network.load_state_dict({k: v for k, v in state.items() if k in own}, strict=False)


def refuse_silent(network: nn.Module, origin: str) -> None:
    """ModelError when all of a network's LayerScales are zero, so that it passes on its input."""
    named = network.named_parameters()
    scales = [scale for name, scale in named if LAYER_SCALE.fullmatch(name)]
    if scales and not any(scale.any() for scale in scales):
        raise ModelError(
            f"The weights file {origin} has zeros for every LayerScale, so that no block does "
            "anything; give a file with trained ones."
        )


def renamed(key: str, own: dict[str, Tensor]) -> str:
    """timm joins the first two levels of names when it cuts a network to features."""
    joined = key.replace(".", "_", 1)
    return joined if key not in own and joined in own else key


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
