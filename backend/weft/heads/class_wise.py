# SPDX-License-Identifier: GPL-3.0-or-later
"""CWSAM's class-wise mask decoder (arXiv:2401.02326)."""

import torch
import torch.nn.functional as F
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.heads.level import Level, enlarge
from weft.heads.two_way import FourierPositions, TwoWayTransformer

WIDTH = 256
NARROW = 64
MASK = 32
MASK_TOKENS = 4


class ClassWiseMaskHead(nn.Module):
    """Four mask tokens, changed by the image, weigh 32 maps for each class; logits are their mean.

    The tokens are SAM's, one for the quality and four for masks. The released code reads the first
    mask token alone, so that what weighs for the others never learns. Nothing reads the quality.
    """

    def __init__(self, channels: tuple[int, ...], strides: tuple[int, ...], classes: int) -> None:
        super().__init__()
        given = channels[-1]
        self.classes = classes
        self.neck = nn.Identity() if given == WIDTH else nn.Conv2d(given, WIDTH, 1)
        self.tokens = nn.Parameter(torch.randn(1 + MASK_TOKENS, WIDTH))
        self.positions = FourierPositions(WIDTH)
        self.transformer = TwoWayTransformer(WIDTH, depth=2, heads=8, hidden=2048)
        self.upscale = nn.Sequential(
            nn.ConvTranspose2d(WIDTH, NARROW, 2, stride=2),
            LayerNorm2d(NARROW),
            nn.GELU(),
            nn.ConvTranspose2d(NARROW, MASK, 2, stride=2),
            nn.GELU(),
        )
        self.widen = nn.Sequential(
            nn.ConvTranspose2d(2 * MASK, NARROW, 2, stride=2), LayerNorm2d(NARROW), nn.GELU()
        )
        self.classify = nn.Conv2d(NARROW, classes * MASK, 7, stride=2, padding=3)
        self.weigh = nn.ModuleList(weigher() for _ in range(MASK_TOKENS))

    def forward(self, levels: list[Level], size: tuple[int, int]) -> Tensor:
        """Logits (B, classes, *size) of levels of which the last (B, C, h, w) is seen."""
        before = self._narrowed(levels[-1])
        tokens, after = self._exchange(before)
        both = torch.cat([self.upscale(after), self.upscale(before)], dim=1)
        masks = F.gelu(self.classify(self.widen(both))).unflatten(1, (self.classes, MASK))
        weights = [weigh(token) for weigh, token in zip(self.weigh, tokens, strict=True)]
        # the mean of logits that are linear in the weights is that of the mean weights
        logits = torch.einsum("bm,bkmhw->bkhw", torch.stack(weights).mean(0), masks)
        return enlarge(logits, size)

    def _narrowed(self, level: Level) -> Tensor:
        if isinstance(self.neck, nn.Identity):
            return level.whole()
        return level.through(self.neck)

    def _exchange(self, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """The mask tokens (B, 256) and the map (B, 256, h, w), after they have seen each other."""
        height, width = x.shape[2:]
        places, tokens = x.flatten(2).transpose(1, 2), self.tokens.expand(len(x), -1, -1)
        tokens, places = self.transformer(tokens, places, self.positions(height, width))
        # token 0 is that of the quality, which nothing reads
        return list(tokens[:, 1:].unbind(1)), places.transpose(1, 2).reshape(x.shape)


def weigher() -> nn.Sequential:
    """What turns a mask token (B, 256) into weights (B, 32)."""
    return nn.Sequential(
        nn.Linear(WIDTH, WIDTH),
        nn.ReLU(),
        nn.Linear(WIDTH, WIDTH),
        nn.ReLU(),
        nn.Linear(WIDTH, MASK),
    )
