# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do when a training or a model does not fit into memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from weft.device import Device
from weft.errors import RequestError
from weft.inference.engines import is_out_of_memory


@contextmanager
def within_memory(device: Device) -> Iterator[None]:
    """RequestError when memory runs out in a training."""
    other = "--device cpu" if device.torch.type == "cuda" else "a smaller --backbone"
    less = f"choose an --adapter that needs less, est for example, or {other}"
    with enough(device, "this training", less):
        yield


@contextmanager
def model_within_memory(device: Device) -> Iterator[None]:
    """RequestError when memory runs out for a model that is there already."""
    less = "choose --device cpu" if device.torch.type == "cuda" else "close other programs"
    with enough(device, "this model", less):
        yield


@contextmanager
def enough(device: Device, work: str, less: str) -> Iterator[None]:
    """RequestError that says what to do, when memory runs out meanwhile."""
    try:
        yield
    except (RuntimeError, MemoryError) as reason:
        if not is_out_of_memory(reason):
            raise
        place = "GPU" if device.torch.type == "cuda" else "computer"
        raise RequestError(
            f"The memory of the {place} does not suffice for {work}; {less}."
        ) from reason
