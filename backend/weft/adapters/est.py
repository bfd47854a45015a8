# SPDX-License-Identifier: GPL-3.0-or-later
"""Efficient side-tuning, EST-style (JSTARS 2025, 10.1109/JSTARS.2025.3563641).

Only the abstract was available: a parallel network with multichannel adapter fusion, a gate layer
and a depth-wise convolution, the only one that is trained. What stands here is a reconstruction,
not the authors' text.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from weft.adapters.contract import Adapter, Taps
from weft.adapters.side_network import REDUCTIONS, SideNetwork
from weft.heads.level import Level


@dataclass(frozen=True)
class EstOptions:
    """Divisors of a map's channels: for the side network's width, and for the bottlenecks'."""

    width: int = 8
    reductions: tuple[int, ...] = REDUCTIONS

    def __post_init__(self) -> None:
        if self.width < 1 or min(self.reductions) < 1:
            raise ValueError("width and reductions divide channels; give whole numbers from 1.")


class EstAdapter(Adapter):
    """A side network alone: the backbone's activations need not be kept.

    Its features stay as they are, so they may be computed once.
    """

    def __init__(self, taps: Taps, options: EstOptions | None = None) -> None:
        super().__init__(taps)
        sizes = options or EstOptions()
        self.side = SideNetwork(taps.channels, taps.strides, sizes.width, sizes.reductions)

    def finish(self, maps: list[Tensor], stream: Any) -> list[Level]:
        """Each map plus the widened state of the side network."""
        plain = self.plain(maps)
        additions = self.side(maps, [level.wide.shape[2:] for level in plain])
        return [Level(x.wide, addition) for x, addition in zip(plain, additions, strict=True)]
