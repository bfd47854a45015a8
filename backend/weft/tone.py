# SPDX-License-Identifier: GPL-3.0-or-later
"""The tone of an image: how bright its bands are, and how much they vary."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """Mean and standard deviation of each band, of values that are stretched to 0..1."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    def towards(self, other: "Tone", share: float) -> "Tone":
        """The tone that lies `share` of the way to `other`."""
        return Tone(
            _between(self.mean, other.mean, share),
            _between(self.deviation, other.deviation, share),
        )


def middle(tones: Sequence[Tone]) -> Tone:
    """The mean of some tones, at least one."""
    return Tone(_means([tone.mean for tone in tones]), _means([tone.deviation for tone in tones]))


def _between(one: Sequence[float], other: Sequence[float], share: float) -> tuple[float, ...]:
    return tuple(a + share * (b - a) for a, b in zip(one, other, strict=True))


def _means(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(sum(column) / len(column) for column in zip(*rows, strict=True))
