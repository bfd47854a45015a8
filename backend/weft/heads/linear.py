# SPDX-License-Identifier: GPL-3.0-or-later
"""One linear layer on all levels together."""

from torch import Tensor, nn

from weft.heads.level import Level, enlarge


class LinearHead(nn.Module):
    """Logits are a weighted sum over the channels of all maps at a place.

    Computed a level at its own resolution and summed after enlarging, which is the same as one 1x1
    layer on the enlarged and concatenated maps, and cheaper. `gain` multiplies the sum, so that
    the layer learns that much faster beside heads that need a smaller rate.
    """

    def __init__(
        self,
        channels: tuple[int, ...],
        strides: tuple[int, ...],
        classes: int,
        gain: float = 1.0,
    ) -> None:
        super().__init__()
        self.gain = gain
        self.levels = nn.ModuleList(nn.Conv2d(c, classes, 1) for c in channels)
        for level in self.levels:
            nn.init.zeros_(level.weight)  # type: ignore[arg-type]

    def forward(self, levels: list[Level], size: tuple[int, int]) -> Tensor:
        """Logits (B, classes, *size) of levels (B, C_i, ., .)."""
        scores = [
            self.gain * level.through(layer)
            for level, layer in zip(levels, self.levels, strict=True)
        ]
        grown = [enlarge(score, size) for score in scores]
        total = grown[0]
        for score in grown[1:]:
            total = total + score
        return total
