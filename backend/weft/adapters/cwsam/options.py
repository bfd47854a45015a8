# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be chosen of CWSAM."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CwsamOptions:
    """Sizes as in the released code; the prompt differs in one point, unless `fold_signs` is set.

    `reduction`: the adapters' hidden width is D / reduction; 4 in the released code.
    `prompt_reduction`: the prompt's hidden width is D / prompt_reduction; 32 there.
    `share`: how much of the image's spectrum the prompt keeps; 0.25 there.
    `fold_signs`: take the absolute value of the low frequencies. The released code does, so that
    places as far below the mean as others are above look the same; here signs stay.
    """

    reduction: int = 4
    prompt_reduction: int = 32
    share: float = 0.25
    fold_signs: bool = False

    def __post_init__(self) -> None:
        if min(self.reduction, self.prompt_reduction) < 1:
            raise ValueError("reductions divide channels; give whole numbers from 1.")
        if not 0 < self.share <= 1:
            raise ValueError(f"a share of {self.share} makes no sense; give 0 < share <= 1.")
