# SPDX-License-Identifier: GPL-3.0-or-later
"""What scale.py keeps of a measurement."""

from collections.abc import Hashable
from dataclasses import dataclass

PIXEL_ROWS = 4096  # that hold pixels in the images for the memory


@dataclass(frozen=True)
class ScaleSettings:
    """What makes figures comparable."""

    code: str
    machine: str
    device: str


@dataclass(frozen=True)
class ScaleRecord:
    """One command on an image of `side` pixels, or `count` polygons in one go; see `Record`."""

    settings: ScaleSettings
    part: str
    what: str
    side: int = 0
    round: int = 0
    date: str = ""
    seconds: float | None = None
    peak_mib: float | None = None
    count: int | None = None
    error: str | None = None

    @property
    def key(self) -> Hashable:
        """Which one this is among those of equal settings."""
        return self.part, self.what, self.side, self.round

    @property
    def told(self) -> str:
        """One line for the terminal."""
        name = f"{self.part}, {self.what}, {self.side} x {self.side}, round {self.round}"
        if self.seconds is None:
            return f"{name}: {self.error}"
        return f"{name}: {self.seconds:.1f} s, {self.peak_mib or 0:.0f} MiB"
