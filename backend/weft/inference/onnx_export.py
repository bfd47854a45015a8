# SPDX-License-Identifier: GPL-3.0-or-later
"""The network as an ONNX file that says itself what it needs: bands, stretch, classes, GSD."""

import copy
import json
import warnings
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.onnx import OnnxExporterError, ONNXProgram

from weft.adapters.exportable import exportable
from weft.errors import RequestError
from weft.model import Model
from weft.network import probabilities
from weft.outputs import write_whole

OPSET = 18


class NotExportable(RequestError):
    """ONNX has no words for the network, or the exporter none for its code."""

    def __init__(self, backbone: str, reason: str) -> None:
        super().__init__(
            f"Models on the backbone {backbone} cannot be written as ONNX ({reason}); predict with "
            "--engine torch."
        )


class Probabilities(nn.Module):
    """The network with the functions that end it."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities (1, 1 + K, side, side), background first, and (1, 1, side, side)."""
        return probabilities(self.network(image))


def export_onnx(model: Model, path: Path, side: int) -> None:
    """Write `path` for tiles (1, bands, side, side) of pixels stretched to 0..1.

    `side` is a multiple that suits the network. OutputError when the file cannot be written,
    NotExportable when there is nothing to write.
    """
    network = exportable(copy.deepcopy(model.network).cpu().float())
    example = torch.rand(1, len(model.card.bands), side, side)
    with warnings.catch_warnings(), torch.no_grad():
        # The exporter warns of its own deprecated parts.
        warnings.simplefilter("ignore")
        try:
            program = torch.onnx.export(
                Probabilities(network).eval(),
                (example,),
                input_names=["image"],
                output_names=["probabilities", "interior"],
                opset_version=OPSET,
                optimize=False,
                dynamo=True,
                verbose=False,
            )
        except OnnxExporterError as reason:
            raise NotExportable(model.card.backbone, type(reason).__name__) from reason
    assert program is not None
    tidy(program)
    proto = program.model_proto
    for key, value in metadata(model).items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, value
    write_whole(path, proto.SerializeToString())


def tidy(program: ONNXProgram) -> None:
    """Fold what does not depend on the image.

    The exporter's own optimisation also looks for patterns, which takes longer than all the rest in
    large networks, and onnxruntime looks for them itself.
    """
    # takes a third of a second, in vain where torch predicts
    from onnxscript import optimizer

    optimizer.inline(program.model)
    optimizer.fold_constants(program.model, onnx_shape_inference=True)
    optimizer.remove_unused_nodes(program.model)


def metadata(model: Model) -> dict[str, str]:
    """Everything a program needs to feed the network, as JSON texts."""
    card = model.card
    classes = ["background", *(each.name for each in card.classes)]
    values = {
        "weft_model": model.identity,
        "bands": card.bands,
        "stretch_low": card.low,
        "stretch_high": card.high,
        "gsd_m": card.gsd_m,
        "classes": classes,
        "class_names": dict(enumerate(classes)),
        "card": asdict(card),
    }
    return {key: json.dumps(value) for key, value in values.items()}
