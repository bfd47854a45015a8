# SPDX-License-Identifier: GPL-3.0-or-later
"""The trainable stream's start, in the width of the backbone's tokens."""

import torch
from torch import Tensor, nn

from weft.adapters.contract import PYRAMID
from weft.adapters.weft.experts import DenseRouter, Router, TwiceRouter
from weft.adapters.weft.extractor import Extractor
from weft.adapters.weft.norms import BATCH_NORMS, GROUP_NORMS
from weft.adapters.weft_large.options import WeftLargeOptions

NORMS = {"group": GROUP_NORMS, "batch": BATCH_NORMS}
ROUTERS: dict[str, type[Router]] = {"top": Router, "twice": TwiceRouter}


class LargeExtractor(nn.Module):
    """Maps c1 to c4 at strides 4 to 32, widened to the `width` of tokens by one 1x1 layer for all.

    The coarser three, which go on as the stream, get an embedding of their level. They stay maps
    of their own, so that the image may have any size; the released code cuts one row of tokens
    into parts of 16, 4 and 1 of 21, which only fits sides of 32·n.
    """

    def __init__(self, bands: int, width: int, options: WeftLargeOptions) -> None:
        super().__init__()
        narrow = options.width
        self.pyramid = Extractor(
            bands,
            narrow,
            options.splits,
            options.chosen,
            finest_experts=PYRAMID[0],
            strides=PYRAMID,
            norms=NORMS[options.norm],
        )
        self.pyramid.mixture.router = build_router(options)
        self.widen = nn.Conv2d(narrow, width, 1)
        self.embeddings = nn.ParameterList(0.02 * torch.randn(1, width, 1, 1) for _ in PYRAMID[1:])

    def forward(self, image: Tensor) -> tuple[Tensor, list[Tensor]]:
        """c1 and [c2, c3, c4] (B, width, H/s, W/s) of an image (B, bands, H, W) in 0..1."""
        _, narrow = self.pyramid(image)
        finest, *coarser = [self.widen(c) for c in narrow]
        return finest, [c + e for c, e in zip(coarser, self.embeddings, strict=True)]


def build_router(options: WeftLargeOptions) -> Router | DenseRouter:
    """The router of the options `router` and `experts`."""
    router = ROUTERS[options.router](options.width, options.chosen)
    return router if options.experts == "chosen" else DenseRouter(router)
