# SPDX-License-Identifier: GPL-3.0-or-later
"""A network from a model file and back, with everything checked against what is present."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from weft.adapters.registry import find_adapter
from weft.backbones.weights import load_backbone
from weft.bundle import ModelCard, Tensors, read_bundle, write_bundle
from weft.errors import ModelError, RasterError, RequestError
from weft.network import Network
from weft.raster.inspect import RasterInfo
from weft.raster.stretch import Stretch
from weft.raster.tone import stretch_of

WORTH_RESAMPLING = 1.2
MOST_SCALE = 8.0  # beyond it nothing of an object is left, or memory grows with the square
SHOWN_BANDS = 8
START = "start."


@dataclass(frozen=True)
class Model:
    """A trained network and its card; `identity` is written into everything it predicts."""

    identity: str
    card: ModelCard
    network: Network

    @property
    def stretch(self) -> Stretch:
        """The stretch that it was trained with."""
        return Stretch(self.card.low, self.card.high)

    def stretch_of(self, info: RasterInfo) -> Stretch:
        """The same for an image, which may be of another tone than those that were labelled."""
        return stretch_of(info, self.card.bands, self.stretch, self.card.tone)


def load_model(path: Path, backbone_weights: str | None = None) -> Model:
    """The model in `path` with its backbone; ModelError when anything does not fit together."""
    card, tensors = read_bundle(path)
    backbone = load_backbone(card.backbone, backbone_weights)
    if backbone.digest != card.backbone_digest:
        raise ModelError(
            f"{path} was trained on other weights of {card.backbone} than those found here; give "
            "the same weights file with --backbone-weights."
        )
    try:
        adapter = find_adapter(card.adapter)
    except RequestError as reason:
        raise ModelError(
            f"{path} was trained with the adapter {card.adapter}, which this WEFT does not have; "
            "install the version that made it, or retrain."
        ) from reason
    network = Network(backbone.network, adapter, len(card.bands), len(card.classes))
    try:
        network.load_trained(split_states(tensors)[0])
    except KeyError as reason:
        raise ModelError(
            f"{path} does not fit the adapter {card.adapter} of this WEFT; retrain the model."
        ) from reason
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Model(f"{path.stem}-{digest[:8]}", card, network.eval())


def save_model(
    path: Path, card: ModelCard, network: Network, start: dict[str, Tensor] | None = None
) -> None:
    """Write what was trained: parameters in half precision, statistics of features in full.

    `start` is the state that a later training goes on from, where it is another one.
    """
    parameters = {name for name, _ in network.named_parameters()}
    states = {"": network.trained_state(), START: start or {}}
    tensors = {
        prefix + name: (value.half() if name in parameters else value).detach().cpu().numpy()
        for prefix, state in states.items()
        for name, value in state.items()
    }
    write_bundle(path, card, tensors)


def split_states(tensors: Tensors) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The state that predicts and the one to go on training from, as `save_model` was given."""
    states: tuple[dict[str, Tensor], dict[str, Tensor]] = ({}, {})
    for name, value in tensors.items():
        state = states[name.startswith(START)]
        tensor = torch.from_numpy(value)
        # integers are codes of quantised weights
        whole = not tensor.is_floating_point()
        state[name.removeprefix(START)] = tensor if whole else tensor.float()
    return states[0], states[1] or states[0]


def check_image(card: ModelCard, info: RasterInfo) -> list[str]:
    """What the user should know before predicting `info`; RasterError when it is too unlike.

    That is, when it lacks a band or differs from the model's GSD by more than MOST_SCALE times.
    """
    missing = [band for band in card.bands if band not in info.data_bands]
    if missing:
        raise RasterError(
            f"{info.path} has {describe_bands(info)}, but the model needs band {missing[0]}; give "
            "an image like those it was trained on."
        )
    if scale_between(info.grid.gsd_m(), card.gsd_m) is None:
        raise RasterError(
            f"{info.path} has pixels of {info.grid.gsd_m():.3g} m, but the model was "
            f"trained on {card.gsd_m:.3g} m, more than {MOST_SCALE:g} times apart; resample the "
            "image, or train on images like it."
        )
    remarks = []
    if info.dtype != card.dtype:
        remarks.append(
            f"{info.path.name} is {info.dtype}, but the model was trained on {card.dtype}; results "
            "may be poor."
        )
    if card.gsd_m is not None and info.grid.gsd_m() is None:
        remarks.append(
            f"The resolution of {info.path.name} is unknown, because it has no usable CRS; it is "
            f"taken to be the {card.gsd_m:.3g} m of the model."
        )
    return remarks


def describe_bands(info: RasterInfo) -> str:
    """The bands that a user may choose from, in words."""
    bands = info.data_bands
    if len(bands) == 1:
        return f"only band {bands[0]}"
    if len(bands) > SHOWN_BANDS:
        return f"{len(bands)} bands up to {bands[-1]}"
    return f"the bands {', '.join(map(str, bands))}"


def image_scale(card: ModelCard, info: RasterInfo) -> float:
    """The GSD of an image that `check_image` let pass, over the model's."""
    return scale_between(info.grid.gsd_m(), card.gsd_m) or 1.0


def scale_between(gsd_m: float | None, model_gsd_m: float | None) -> float | None:
    """`gsd_m / model_gsd_m`, or 1 where one is unknown or resampling is not worth its blur.

    None when they are more than MOST_SCALE times apart.
    """
    if gsd_m is None or model_gsd_m is None:
        return 1.0
    scale = gsd_m / model_gsd_m
    apart = max(scale, 1 / scale)
    if apart > MOST_SCALE:
        return None
    return 1.0 if apart <= WORTH_RESAMPLING else scale
