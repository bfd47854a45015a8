# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of `weft-large`, and which of the released code's peculiarities it shall have."""

from dataclasses import dataclass

from weft.adapters.weft.experts import KERNELS

CHOICES = {
    "router": ("top", "twice"),
    "experts": ("chosen", "all"),
    "attention": ("summary", "global"),
    "edges": ("sample", "batch"),
    "peak": ("maximum", "identity"),
    "norm": ("group", "batch"),
    "output": ("gate", "norm"),
}


@dataclass(frozen=True)
class WeftLargeOptions:
    """Sizes as released; of each choice the first is the default, the second as released.

    width, splits, chosen: channels of the extractor, in how many parts experts take them, and how
        many experts an image gets.
    heads, points: of the deformable attention; of a narrow backbone the heads are fewer.
    extra: enhancers after the last stage, beyond the one that follows every stage.
    router: the weights of experts are a softmax (top) or the softmax of a softmax (twice).
    experts: only the chosen ones are evaluated, or all; the result is the same.
    attention: injected tokens attend to an 8x8 summary, or to all (global, nearly a mean).
    edges: the edge mask is relative to the sample or to the batch.
    peak: the P of enhancers is a 3x3 maximum, or nothing but the identity.
    norm: GroupNorm, or BatchNorm, which needs large batches.
    output: the stream's maps are added through gates, or plainly, with a norm after the sum.
    reads: whether the stream reads the frozen maps, through gates; released: no.
    drop: DropPath of the stream, frozen_drop: that inside the frozen blocks, rising to it with
        depth; released: 0.4 both.
    checkpoint: whether the backbone's blocks are computed twice to save memory; released: yes.
    """

    width: int = 64
    splits: int = 4
    chosen: int = 4
    heads: int = 16
    points: int = 4
    extra: int = 2
    router: str = "top"
    experts: str = "chosen"
    attention: str = "summary"
    edges: str = "sample"
    peak: str = "maximum"
    norm: str = "group"
    output: str = "gate"
    reads: bool = True
    drop: float = 0.0
    frozen_drop: float = 0.0
    checkpoint: bool = False

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} cannot be {getattr(self, name)!r}; choose {' or '.join(allowed)}."
                )
        if min(self.width, self.splits, self.heads, self.points) < 1 or self.extra < 0:
            raise ValueError("width, splits, heads and points count from 1, extra from 0.")
        if self.width % 4 or self.width % self.splits:
            raise ValueError(f"a width of {self.width} is no multiple of 4 and of splits.")
        if not 1 <= self.chosen <= len(KERNELS):
            raise ValueError(f"there are {len(KERNELS)} experts; give chosen=1 to {len(KERNELS)}.")
        if not (0 <= self.drop < 1 and 0 <= self.frozen_drop < 1):
            raise ValueError("drop and frozen_drop are shares; give 0 or more, less than 1.")


AS_RELEASED = WeftLargeOptions(
    **{name: released for name, (_, released) in CHOICES.items()},  # type: ignore[arg-type]
    reads=False,
    drop=0.4,
    frozen_drop=0.4,
    checkpoint=True,
)
