# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network's answers are compared with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Truth:
    """Of each pixel the class, `mask`, 255 where unknown, and whether it is `interior`, 0 or 1.

    Both have the shape (..., H, W).
    """

    mask: Tensor
    interior: Tensor

    def each(self, change: Callable[[Tensor], Tensor]) -> "Truth":
        """The same of both."""
        return Truth(change(self.mask), change(self.interior))

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return self.mask.nbytes + self.interior.nbytes


def joined(parts: Sequence[Truth], join: Callable[[list[Tensor]], Tensor] = torch.cat) -> Truth:
    """Several as one, by `join`."""
    return Truth(join([part.mask for part in parts]), join([part.interior for part in parts]))
