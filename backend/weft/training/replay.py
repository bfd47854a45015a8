# SPDX-License-Identifier: GPL-3.0-or-later
"""Learning again from what the frozen network has seen already, which spares its passes."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from weft.training.truth import Truth

REPEATS = 2
MOST_BYTES = 2**28


@dataclass(frozen=True)
class Seen:
    """Frozen maps of some crops, and their truth (B, H, W); the first `labelled` have labels."""

    maps: list[Tensor]
    truth: Truth
    labelled: int

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return sum(x.nbytes for x in self.maps) + self.truth.nbytes


class Replay:
    """Each new batch is followed by REPEATS earlier ones; the oldest go beyond MOST_BYTES."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.kept: deque[Seen] = deque()
        self.drawn = 0

    def draw(self, look: Callable[[], Seen]) -> Seen:
        """What `look` gives, or something that it gave before."""
        self.drawn += 1
        if self.kept and self.drawn % (1 + REPEATS) != 1:
            return self.kept[int(self.random.integers(len(self.kept)))]
        self.kept.append(look())
        while len(self.kept) > 1 and sum(each.nbytes for each in self.kept) > MOST_BYTES:
            self.kept.popleft()
        return self.kept[-1]

    def forget(self) -> None:
        """Free what is kept."""
        self.kept.clear()
