# SPDX-License-Identifier: GPL-3.0-or-later
"""Predicts one image with an engine that costs nothing, and prints this process's peak in MB."""

import sys
from pathlib import Path

import numpy as np
from small_networks import FunctionEngine, small_model

from weft.cli.process import tune_process
from weft.inference.engines import Batch
from weft.inference.part import whole_image
from weft.inference.plan import Tiling
from weft.jobs.predict import predict_parts
from weft.jobs.predictors import LocalPredictor
from weft.progress import Context
from weft.raster import inspect


def as_classes(pixels: Batch) -> Batch:
    """Three bands in 0..1 as three classes that sum to one, and the first as interiors."""
    classes = pixels / pixels.sum(1, keepdims=True).clip(1e-3)
    return np.concatenate([classes, pixels[:, :1]], axis=1, dtype=np.float32)


def peak_mb() -> float:
    """Peak memory of this program; unlike getrusage's, it leaves out who started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    tune_process()
    path = Path(sys.argv[1])
    predictor = LocalPredictor(
        small_model("test_vit", "linear"), FunctionEngine(as_classes), Tiling(32, 512, 64)
    )
    info = inspect(path)
    predict_parts(predictor, {info: whole_image(info.grid)}, path.parent, Context(path.parent))
    print(peak_mb())
