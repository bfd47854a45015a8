# SPDX-License-Identifier: GPL-3.0-or-later
"""A light feature pyramid (arXiv:1612.03144) that ends at stride 2."""

from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.heads.level import Level, enlarge, resize


class PyramidHead(nn.Module):
    """Laterals of one width, summed from coarse to fine, with one convolution at each step.

    Normalisation is across channels at each place, so that logits do not depend on what else lies
    in the tile.
    """

    def __init__(
        self,
        channels: tuple[int, ...],
        strides: tuple[int, ...],
        classes: int,
        width: int = 64,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        finest = strides[0] < 4
        widths = [width // 2 if finest and i == 0 else width for i in range(len(channels))]
        self.laterals = nn.ModuleList(
            nn.Conv2d(c, w, 1) for c, w in zip(channels, widths, strict=True)
        )
        self.blend = nn.ModuleList(
            nn.Sequential(nn.Conv2d(w, w, 3, padding=1), LayerNorm2d(w), nn.GELU()) for w in widths
        )
        self.narrow = nn.Conv2d(width, widths[0], 1) if finest else nn.Identity()
        self.dropout = nn.Dropout2d(dropout)
        self.classify = nn.Conv2d(widths[0], classes, 1)

    def forward(self, levels: list[Level], size: tuple[int, int]) -> Tensor:
        """Logits (B, classes, *size) of levels (B, C_i, ., .), the finest first."""
        laterals = [x.through(layer) for x, layer in zip(levels, self.laterals, strict=True)]
        x = self.blend[-1](laterals[-1])
        for index in range(len(laterals) - 2, -1, -1):
            if index == 0:
                x = self.narrow(x)
            fine = laterals[index]
            x = self.blend[index](resize(x, fine.shape[2:]) + fine)
        logits = self.classify(self.dropout(x))
        return enlarge(logits, size)
