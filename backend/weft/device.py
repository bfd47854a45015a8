# SPDX-License-Identifier: GPL-3.0-or-later
"""Which device computes, proven by a real kernel, and in which precision it does so best."""

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import psutil
import torch
from torch import dtype

from weft.errors import RequestError

TURNS = 8  # of a millisecond or two
GAIN = 1.1  # what bfloat16 has to be worth, because it also rounds


@dataclass(frozen=True)
class Device:
    """A device that has run a kernel; `reason` says why it is not a GPU, where it is none."""

    torch: torch.device
    name: str
    reason: str | None
    precision: dtype

    @property
    def precision_name(self) -> str:
        """As experts write it."""
        return str(self.precision).removeprefix("torch.")

    def autocast(self) -> AbstractContextManager[None]:
        """Mixed precision where this device gains by it."""
        lower = self.precision is not torch.float32
        return torch.autocast(self.torch.type, dtype=self.precision, enabled=lower)

    def free_bytes(self) -> int:
        """The memory that a training could use now: the GPU's own, or the machine's."""
        if self.torch.type == "cuda":
            kept = torch.cuda.memory_reserved(self.torch) - torch.cuda.memory_allocated(self.torch)
            return int(torch.cuda.mem_get_info(self.torch)[0]) + kept
        return int(psutil.virtual_memory().available)

    def in_full_precision(self) -> "Device":
        """The same device in float32."""
        return replace(self, precision=torch.float32)

    def in_each_precision(self) -> list["Device"]:
        """The same device in all that it might have been chosen with by a measurement."""
        measured = self.torch.type == "cpu" and has_bfloat16()
        found = {self.precision, torch.float32, torch.bfloat16} if measured else {self.precision}
        return [replace(self, precision=each) for each in found]


def release_gpu() -> None:
    """Give back what torch keeps of the GPU's memory for a next time."""
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def choose_device(wish: str = "auto") -> Device:
    """The device for `auto`, `cpu` or `cuda`; RequestError when no GPU works that is asked for."""
    if wish == "cpu":
        return cpu("asked for")
    failure = probe_cuda()
    if failure is None:
        name = torch.cuda.get_device_name()
        return Device(torch.device("cuda"), name, None, gpu_precision(name))
    if wish == "cuda":
        raise RequestError(f"The GPU cannot be used ({failure}); choose --device cpu.")
    return cpu(failure)


def probe_cuda() -> str | None:
    """Why CUDA cannot be used, or None after a matrix product and a convolution came out right."""
    if not torch.backends.cuda.is_built():
        return "this build of torch has no CUDA"
    if not torch.cuda.is_available():
        return "no NVIDIA GPU with a working driver was found"
    try:
        ones = torch.ones(1, 8, 16, 16, device="cuda")
        product = ones[0, 0] @ ones[0, 0]
        conv = torch.nn.functional.conv2d(ones, torch.ones(1, 8, 3, 3, device="cuda"))
        right = float(product[0, 0]) == 16.0 and float(conv[0, 0, 0, 0]) == 72.0
    # the last two where the driver sees a GPU only by half
    except (RuntimeError, AssertionError, torch.cuda.DeferredCudaCallError) as error:
        said = str(error) or type(error).__name__
        return f"a test kernel failed: {said.splitlines()[0]}"
    return None if right else "a test kernel gave a wrong result"


def gpu_precision(name: str) -> dtype:
    """The lower precision that the GPU has units for, or float32 where it is no gain, or wrong."""
    if torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    # that series gives NaN for some sizes of maps (https://github.com/pytorch/pytorch/issues/77955)
    wrong = "GTX 16" in name
    since_volta = torch.cuda.get_device_capability() >= (7, 0)
    return torch.float16 if since_volta and not wrong else torch.float32


def cpu(reason: str) -> Device:
    """The CPU, in bfloat16 where it gains by it."""
    precision = torch.bfloat16 if bfloat16_pays() else torch.float32
    count = torch.get_num_threads()
    name = "CPU, 1 thread" if count == 1 else f"CPU, {count} threads"
    return Device(torch.device("cpu"), name, reason, precision)


def bfloat16_pays() -> bool:
    """Whether this CPU has instructions for bfloat16 that are faster than those for float32.

    Some Intel CPUs, and virtual ones without AMX, have such as are half as fast.
    """
    if not has_bfloat16():
        return False
    return seconds_of_convolution(torch.float32) > GAIN * seconds_of_convolution(torch.bfloat16)


def has_bfloat16() -> bool:
    """Whether this CPU has any instructions for bfloat16."""
    # torch gives no public way to ask for these
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def seconds_of_convolution(precision: dtype) -> float:
    """The quickest of a few turns of a convolution such as those that most time goes into."""
    with torch.inference_mode():
        image = torch.ones(1, 64, 64, 64, dtype=precision).to(memory_format=torch.channels_last)
        kernel = torch.ones(64, 64, 3, 3, dtype=precision).to(memory_format=torch.channels_last)
        turns = []
        for _ in range(TURNS):
            start = time.perf_counter()
            torch.nn.functional.conv2d(image, kernel, padding=1)
            turns.append(time.perf_counter() - start)
    return min(turns)
