# SPDX-License-Identifier: GPL-3.0-or-later
"""A model in, an ONNX file out, checked against torch before it is kept."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from weft.device import cpu
from weft.inference.engines import CPU_PROVIDER, OnnxEngine, TorchEngine
from weft.inference.onnx_export import export_onnx
from weft.inference.tiles import choose_tile
from weft.inference.trial import TOLERANCE, noise
from weft.model import load_model
from weft.outputs import check_file, write_whole
from weft.progress import Context


@dataclass(frozen=True)
class ExportRequest:
    """`tile` is the side of the tiles that the ONNX file will take, in pixels."""

    model: Path
    onnx: Path
    tile: int | None = None
    backbone_weights: str | None = None


@dataclass(frozen=True)
class ExportResult:
    """The file, and the largest difference of a probability to torch on random tiles."""

    onnx: Path
    difference: float


def export(request: ExportRequest, context: Context) -> ExportResult:
    """Export and compare with torch; RuntimeError if they disagree, which would be a bug."""
    check_file(request.onnx, ".onnx")
    model = load_model(request.model, request.backbone_weights)
    tile = choose_tile(request.tile, model.network.multiple)
    context.progress(0, 2, "Exporting to ONNX")
    draft = context.folder / "draft.onnx"
    export_onnx(model, draft, tile)
    context.check_cancelled()
    context.progress(1, 2, "Comparing with torch")
    tiles = noise(len(model.card.bands), tile, 1)
    exact = TorchEngine(model.network, cpu("compared in full precision").in_full_precision())
    given = OnnxEngine(draft, [CPU_PROVIDER]).predict(tiles)
    difference = float(np.abs(exact.predict(tiles) - given).max())
    # Written the other way round, this would let NaN pass.
    if not difference <= TOLERANCE:
        raise RuntimeError(f"ONNX differs from torch by {difference:.2g}")
    write_whole(request.onnx, draft.read_bytes())
    return ExportResult(request.onnx, difference)
