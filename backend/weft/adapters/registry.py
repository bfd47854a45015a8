# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapters by name. A new method is one file and one entry here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import nn

from weft.adapters.contract import Adapter
from weft.adapters.cwsam.adapter import CwsamAdapter
from weft.adapters.cwsam.options import CwsamOptions
from weft.adapters.est import EstAdapter, EstOptions
from weft.adapters.full import FullAdapter, FullOptions
from weft.adapters.linear import LinearAdapter
from weft.adapters.lora import LoraAdapter, LoraOptions
from weft.adapters.options import fill_options, split_choice
from weft.adapters.upetu.adapter import UpetuAdapter, UpetuOptions
from weft.adapters.weft.adapter import WeftAdapter, WeftOptions
from weft.adapters.weft_large.adapter import WeftLargeAdapter
from weft.adapters.weft_large.options import WeftLargeOptions
from weft.errors import RequestError
from weft.heads.class_wise import ClassWiseMaskHead
from weft.heads.linear import LinearHead
from weft.heads.pyramid import PyramidHead

DEFAULT_ADAPTER = "weft"
FRUGAL_ADAPTER = "est"
ENOUGH_BYTES = 3 * 2**30  # twice what training the default takes on the reference trunk

# Channels and strides of the maps, and the number of classes.
HeadBuilder = Callable[[tuple[int, ...], tuple[int, ...], int], nn.Module]

# One decoder for all methods that bring none of their own, so that they can be compared.
HEADS: tuple[HeadBuilder, ...] = (PyramidHead, PyramidHead, partial(LinearHead, gain=5.0))


@dataclass(frozen=True)
class NoOptions:
    """Of an adapter that has none."""


@dataclass(frozen=True)
class AdapterSpec:
    """How to build an adapter and the heads it is trained with, and how fast all may learn.

    `build` takes taps, and options of the kind `options` where it has some. What lies upstream of
    the backbone's maps learns at `learning_rate` times `upstream_rate`, and only in each
    `upstream_every`-th of the steps that it takes part in. `summary` says in a
    sentence what the method costs and when to take it, `source` where it comes from.
    """

    name: str
    build: Callable[..., Adapter]
    summary: str
    source: str
    options: type = NoOptions
    heads: tuple[HeadBuilder, ...] = HEADS
    learning_rate: float = 2e-3
    upstream_rate: float = 1.0
    upstream_every: int = 1


ADAPTERS = (
    AdapterSpec(
        "weft",
        WeftAdapter,
        "Wavelet experts guide the frozen network: the default, for most images and objects.",
        "WEFT, arXiv:2601.09108",
        WeftOptions,
        # going back through the backbone adds half of what a step costs without
        upstream_every=6,
    ),
    AdapterSpec(
        "weft-large",
        WeftLargeAdapter,
        "The published WEFT for large transformers: needs a GPU.",
        "WEFT, arXiv:2601.09108, released configuration",
        WeftLargeOptions,
    ),
    AdapterSpec(
        "upetu",
        UpetuAdapter,
        "Quantised adapters and prompts: small model files, for keeping or sending many models.",
        "UPetu-style, after 10.1109/TGRS.2024.3382734 and arXiv:2307.16867 (reconstructed)",
        UpetuOptions,
    ),
    AdapterSpec(
        "est",
        EstAdapter,
        "A small network beside the frozen one: little memory, for weak computers.",
        "EST-style, after 10.1109/JSTARS.2025.3563641 (reconstructed)",
        EstOptions,
    ),
    AdapterSpec(
        "cwsam",
        CwsamAdapter,
        "Corrections and a mask decoder for SAM backbones on radar and optical images; needs a GPU "
        "to be quick.",
        "CWSAM, arXiv:2401.02326 / 10.1109/JSTARS.2025.3532690",
        CwsamOptions,
        heads=(ClassWiseMaskHead,),
        # 2e-4 in the released code, over 200 epochs; a few hundred steps need more
        learning_rate=5e-4,
    ),
    AdapterSpec(
        "lora",
        LoraAdapter,
        "Small corrections inside the frozen network: for transformers, best on a GPU.",
        "LoRA, arXiv:2106.09685",
        LoraOptions,
    ),
    AdapterSpec(
        "linear",
        LinearAdapter,
        "One linear layer on frozen features: fastest, for a first look.",
        "linear probing",
        heads=(LinearHead,),
        learning_rate=1e-2,
    ),
    AdapterSpec(
        "full",
        FullAdapter,
        "The whole network learns: most memory and the largest model files, for many labels.",
        "full fine-tuning",
        FullOptions,
        upstream_rate=0.2,
    ),
)


def default_adapter(free_bytes: int) -> str:
    """What to take when nothing is asked for: the best one, or the frugal one on weak machines."""
    return DEFAULT_ADAPTER if free_bytes >= ENOUGH_BYTES else FRUGAL_ADAPTER


def find_adapter(choice: str) -> AdapterSpec:
    """The adapter of a choice, `name` or `name:option=value,…`, its options already filled in.

    RequestError if there is no such adapter or option.
    """
    name, given = split_choice(choice)
    known = {spec.name: spec for spec in ADAPTERS}
    if name not in known:
        names = list(known)
        raise RequestError(
            f"There is no adapter {name!r}; choose {', '.join(names[:-1])} or {names[-1]}."
        )
    spec = known[name]
    options: Any = fill_options(spec.options, given, f"The adapter {name}")
    if isinstance(options, NoOptions):
        return spec
    return replace(spec, name=choice, build=partial(spec.build, options=options))
