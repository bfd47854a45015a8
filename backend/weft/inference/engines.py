# SPDX-License-Identifier: GPL-3.0-or-later
"""What computes probabilities of a batch of tiles: torch or onnxruntime."""

from collections.abc import Sequence
from pathlib import Path
from traceback import clear_frames
from typing import Protocol

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, RuntimeException

from weft.device import Device
from weft.errors import RequestError
from weft.inference.lanes import lanes_for
from weft.network import Network, probabilities

Batch = NDArray[np.float32]
CPU_PROVIDER = "CPUExecutionProvider"
# What torch and onnxruntime say, in exceptions that may mean anything, when memory runs out.
OUT_OF_MEMORY = (
    "out of memory",
    "DefaultCPUAllocator",
    "Failed to allocate memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "unable to find an engine to execute this computation",
)


class OutOfMemory(RequestError):
    """The batch was too large for the device."""

    def __init__(self, side: int) -> None:
        super().__init__(
            f"The memory does not suffice for tiles of {side} x {side} pixels; close other "
            "programs, or choose a smaller --tile."
        )


class Engine(Protocol):
    """`predict` gives probabilities (B, 1 + K + 1, h, w) of pixels (B, bands, h, w) in 0..1.

    The last is that of interiors. `batch` is the number of tiles to begin with, and `lanes` how
    many such calls at a time are quickest, each in a lane of its own.
    """

    name: str
    batch: int
    lanes: int

    def predict(self, pixels: Batch) -> Batch:
        """Raises OutOfMemory."""


class TorchEngine:
    """The network itself, in mixed precision where the device gains by it."""

    def __init__(self, network: Network, device: Device) -> None:
        self.network = network.to(device.torch).to(memory_format=torch.channels_last).eval()
        self.device = device
        self.name = name_in_torch(device)
        on_gpu = device.torch.type == "cuda"
        self.batch = 8 if on_gpu else 1
        self.lanes = 1 if on_gpu else lanes_for(torch.get_num_threads())

    def predict(self, pixels: Batch) -> Batch:
        """See `Engine`."""
        try:
            with torch.inference_mode(), self.device.autocast():
                tiles = torch.from_numpy(pixels).to(self.device.torch)
                logits = self.network(tiles.contiguous(memory_format=torch.channels_last))
                return torch.cat(probabilities(logits), 1).cpu().numpy()
        except (RuntimeError, MemoryError) as reason:
            if not is_out_of_memory(reason):
                raise
            # the traceback would keep what the network holds in the middle of its work
            clear_frames(reason.__traceback__)
            torch.cuda.empty_cache()
            raise OutOfMemory(pixels.shape[-1]) from reason


def name_in_torch(device: Device) -> str:
    """What `TorchEngine` is called on a device; its precision is part of it."""
    lower = f" in {device.precision_name}" if device.precision is not torch.float32 else ""
    return f"torch{lower} on {device.name}"


class OnnxEngine:
    """A network exported by `weft export`; tiles have the side that it was exported for."""

    batch = 1

    def __init__(self, path: Path, providers: Sequence[str]) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        threads = torch.get_num_threads()
        self.lanes = lanes_for(threads) if providers[0] == CPU_PROVIDER else 1
        options.intra_op_num_threads = threads // self.lanes
        self.session = onnxruntime.InferenceSession(path, options, providers=list(providers))
        self._input = self.session.get_inputs()[0].name
        provider = self.session.get_providers()[0].removesuffix("ExecutionProvider")
        self.name = f"onnxruntime on {provider}"

    def predict(self, pixels: Batch) -> Batch:
        """See `Engine`."""
        try:
            outputs: list[Batch] = self.session.run(None, {self._input: pixels})
        except (Fail, RuntimeException, MemoryError) as reason:
            if not is_out_of_memory(reason):
                raise
            raise OutOfMemory(pixels.shape[-1]) from reason
        return np.concatenate(outputs, axis=1)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error means that memory ran out."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in OUT_OF_MEMORY)
