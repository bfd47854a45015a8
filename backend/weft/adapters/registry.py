# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapters by name. A new method is one file and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from weft.adapters.contract import Adapter, Taps
from weft.adapters.linear import LinearAdapter
from weft.adapters.weft.adapter import WeftAdapter
from weft.errors import RequestError
from weft.heads.linear import LinearHead
from weft.heads.pyramid import PyramidHead

DEFAULT_ADAPTER = "weft"

# Channels and strides of the maps, and the number of classes.
HeadBuilder = Callable[[tuple[int, ...], tuple[int, ...], int], nn.Module]


@dataclass(frozen=True)
class AdapterSpec:
    """How to build an adapter and the heads it is trained with, and how fast all may learn."""

    name: str
    build: Callable[[Taps], Adapter]
    heads: tuple[HeadBuilder, ...]
    learning_rate: float
    summary: str


ADAPTERS = (
    AdapterSpec(
        "weft",
        WeftAdapter,
        (PyramidHead, PyramidHead, partial(LinearHead, gain=5.0)),
        2e-3,
        "wavelet experts that guide the frozen network",
    ),
    AdapterSpec(
        "linear", LinearAdapter, (LinearHead,), 1e-2, "one linear layer on frozen features"
    ),
)


def find_adapter(name: str) -> AdapterSpec:
    """The adapter `name`; RequestError, naming all, if there is none."""
    known = {spec.name: spec for spec in ADAPTERS}
    if name not in known:
        raise RequestError(f"There is no adapter {name!r}; choose {' or '.join(known)}.")
    return known[name]
