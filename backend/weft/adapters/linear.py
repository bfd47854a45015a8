# SPDX-License-Identifier: GPL-3.0-or-later
"""Linear probing: frozen features as they are, under a linear head; the floor to compare with."""

from weft.adapters.contract import Adapter, Taps


class LinearAdapter(Adapter):
    """Adds nothing and changes nothing."""

    def __init__(self, taps: Taps) -> None:
        super().__init__(taps)
        self.strides = taps.strides
