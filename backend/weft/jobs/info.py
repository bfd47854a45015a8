# SPDX-License-Identifier: GPL-3.0-or-later
"""What this installation is and can do, with a kernel run on the device as proof."""

import platform
import sys
import time
from importlib.metadata import version
from typing import Any

import onnxruntime
import psutil
import rasterio
import torch

import weft
from weft.adapters.options import options_in_words
from weft.adapters.registry import ADAPTERS, default_adapter
from weft.backbones.registry import DEFAULT_BACKBONE, DESCRIBED, BackboneSpec
from weft.backbones.weights import locate
from weft.device import Device, choose_device
from weft.errors import ModelError
from weft.inference.engines import is_out_of_memory
from weft.training.schedule import DEFAULT_SCHEDULE, SCHEDULES

PACKAGES = ("torch", "timm", "rasterio", "shapely", "geopandas", "pytorch_wavelets")
PROOF_SIDE = 256


def info() -> dict[str, Any]:
    """Facts that can be written as JSON."""
    device = choose_device()
    memory = psutil.virtual_memory()
    return {
        "weft": weft.__version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "versions": {
            **{name: version(name) for name in PACKAGES},
            "onnxruntime": onnxruntime.__version__,
            "GDAL": rasterio.__gdal_version__,
        },
        "device": {
            "name": device.name,
            "why not a GPU": device.reason,
            "precision": device.precision_name,
            "proof": prove(device),
        },
        "memory": {
            "total GiB": round(memory.total / 2**30, 1),
            "free GiB": round(memory.available / 2**30, 1),
        },
        "backbones": {
            **{spec.name: whereabouts(spec) for spec in DESCRIBED},
            "any timm name": "weights from --backbone-weights, or timm's release files",
        },
        "adapters": {spec.name: spec.summary for spec in ADAPTERS},
        "sources": {spec.name: spec.source for spec in ADAPTERS},
        "adapter options": {spec.name: options_in_words(spec.options) for spec in ADAPTERS},
        "schedules": {
            name: f"{summary} ({options_in_words(kind)})"
            for name, (kind, summary) in SCHEDULES.items()
        },
        "defaults": {
            "backbone": DEFAULT_BACKBONE,
            "adapter": default_adapter(device.free_bytes()),
            "schedule": DEFAULT_SCHEDULE,
        },
    }


def prove(device: Device) -> str:
    """A convolution on the device: its speed, in words; or that no memory is free for it."""
    try:
        return f"3x3 convolution at {speed(device) / 1e9:.0f} GFLOP/s"
    except (RuntimeError, MemoryError) as reason:
        if not is_out_of_memory(reason):
            raise
        return "none, the memory does not suffice for a 3x3 convolution"


def speed(device: Device) -> float:
    """Operations a second of a convolution."""
    layer = torch.nn.Conv2d(64, 64, 3, padding=1).to(device.torch)
    tile = torch.rand(1, 64, PROOF_SIDE, PROOF_SIDE, device=device.torch)
    operations = 2 * 64 * 64 * 9 * PROOF_SIDE**2
    with torch.inference_mode(), device.autocast():
        float(layer(tile).float().mean())
        start = time.perf_counter()
        float(layer(tile).float().mean())
    return operations / (time.perf_counter() - start)


def whereabouts(spec: BackboneSpec) -> str:
    """Where the weights of a described backbone come from."""
    if spec.shipped is None:
        return "weights from a local file, --backbone-weights FILE"
    try:
        return f"ships with WEFT, {locate(spec, None)}"
    except ModelError as mistake:
        return str(mistake)
