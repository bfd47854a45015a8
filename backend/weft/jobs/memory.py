# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do when a training does not fit into memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from weft.device import Device
from weft.errors import RequestError
from weft.inference.engines import is_out_of_memory


@contextmanager
def within_memory(device: Device) -> Iterator[None]:
    """RequestError when memory runs out meanwhile."""
    try:
        yield
    except (RuntimeError, MemoryError) as reason:
        if not is_out_of_memory(reason):
            raise
        other = "--device cpu" if device.torch.type == "cuda" else "a smaller --backbone"
        raise RequestError(
            f"The memory of the {device.torch.type.upper()} does not suffice for this training; "
            f"choose an --adapter that needs less, est for example, or {other}."
        ) from reason
