# SPDX-License-Identifier: GPL-3.0-or-later
"""Which windows to label first: what is doubtful, contradicted or new, and spread out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

REASONS = {
    "doubt": "the model is unsure of much of it",
    "contradiction": "the model is sure, but similar ground was labelled otherwise",
    "novelty": "it looks unlike anything that is labelled",
}
# doubt tells best where errors are; the other two find what it is blind to
WEIGHTS = {"doubt": 2.0, "contradiction": 1.0, "novelty": 1.0}
NEIGHBOURHOOD = 3.0  # window sides


@dataclass(frozen=True)
class Candidates:
    """N windows: scores, higher for more to learn, by the names of REASONS, each (N,).

    `seen` (N, F) says what they look like, `places` (N, 3) where they are: image, and row and
    column in window sides.
    """

    scores: dict[str, NDArray[np.float64]]
    seen: NDArray[np.float32]
    places: NDArray[np.float64]


@dataclass(frozen=True)
class Pick:
    """A window by its number, how much it promises, from 0 to 1, and why: a key of REASONS."""

    index: int
    score: float
    reason: str


def rank(candidates: Candidates, count: int) -> list[Pick]:
    """The best `count` windows, best first; each is unlike those before it, and not beside them."""
    standing = {name: standings(values) for name, values in candidates.scores.items()}
    weights = [WEIGHTS[name] for name in standing]
    promise = np.average(list(standing.values()), axis=0, weights=weights)
    picks: list[Pick] = []
    apart = np.ones(len(promise))
    while len(picks) < min(count, len(promise)):
        score = promise * np.sqrt(apart)
        score[[pick.index for pick in picks]] = -1
        best = int(score.argmax())
        reason = max(standing, key=lambda name: standing[name][best])
        picks.append(Pick(best, float(promise[best]), reason))
        apart = np.minimum(apart, difference(candidates, best))
    return picks


def standings(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of windows that each surpasses, so that scores of any scale can be compared."""
    return (pd.Series(values).rank().to_numpy() - 1) / max(1, len(values) - 1)


def difference(candidates: Candidates, index: int) -> NDArray[np.float64]:
    """How unlike one window, and how far from it, all are: 0 for itself, 1 for unrelated ones."""
    looks = np.linalg.norm(candidates.seen - candidates.seen[index], axis=1)
    unlike = looks / max(1e-9, float(np.median(looks)))
    own = candidates.places[index]
    away = np.abs(candidates.places[:, 1:] - own[1:]).max(1) / NEIGHBOURHOOD
    away[candidates.places[:, 0] != own[0]] = 1
    return np.minimum(unlike.clip(0, 1), away.clip(0, 1))


def novelty(seen: NDArray[np.float32], labelled: Sequence[NDArray[np.float32]]) -> float:
    """How far a window (F,) is from the labelled one that it resembles most."""
    return float(min(np.linalg.norm(seen - other) for other in labelled))
