# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forest knows of a pixel."""

from collections.abc import Callable
from dataclasses import dataclass

import filters
from filters import Pixels


@dataclass(frozen=True)
class Features:
    """`of` gives features (F, h, w) of an image (bands, h, w), right but for `margin` at its edges.

    Images are taken in windows of side `window`.
    """

    margin: int
    window: int
    of: Callable[[Pixels], Pixels]


def filter_features() -> Features:
    """The filter bank alone."""
    return Features(filters.MARGIN, 512, filters.filter_bank)
