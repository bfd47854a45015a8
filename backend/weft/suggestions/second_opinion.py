# SPDX-License-Identifier: GPL-3.0-or-later
"""A second opinion on what cells are, by a linear fit to the cells of labelled ground."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weft.suggestions.looks import Look

RIDGE = 0.1


@dataclass(frozen=True)
class SecondOpinion:
    """Ridge regression from features (N, C) to answers (N, 1 + K): `weight` (C + 1, 1 + K).

    It learns the network's own answers on ground that this was taught, which are close to the
    labels, from the frozen features alone. Where the two differ elsewhere, one of them is wrong,
    however sure it is.
    """

    weight: NDArray[np.float64]

    def contradiction(self, look: Look) -> float:
        """How far the opinions are apart, from 0 to 1, where the network itself has no doubt."""
        guess = with_one(look.features) @ self.weight
        apart = np.abs(guess.clip(0, 1) - look.answers).sum(1) / 2
        return float((apart.clip(0, 1) * (1 - look.doubt)).mean())


def ask(labelled: Sequence[Look]) -> SecondOpinion:
    """The opinion learned from windows of labelled ground."""
    features = with_one(np.concatenate([each.features for each in labelled]))
    answers = np.concatenate([each.answers for each in labelled])
    penalty = RIDGE * len(features) * np.eye(features.shape[1])
    penalty[-1, -1] = 0
    weight = np.linalg.solve(features.T @ features + penalty, features.T @ answers)
    return SecondOpinion(weight)


def with_one(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Features (N, C) with a column of ones."""
    return np.column_stack([features.astype(np.float64), np.ones(len(features))])
