# SPDX-License-Identifier: GPL-3.0-or-later
"""Full fine-tuning, or that of a part: the backbone's own parameters learn."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from torch import nn

from weft.adapters.contract import Adapter, Taps
from weft.errors import RequestError

GROUPS = ("all", "last", "norms")


@dataclass(frozen=True)
class FullOptions:
    """Which of the backbone's parameters learn: all, those of the last `blocks`, or of norms."""

    group: str = "all"
    blocks: int = 2

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"there is no group {self.group!r}; choose {' or '.join(GROUPS)}.")
        if self.blocks < 1:
            raise ValueError(f"{self.blocks} blocks are none; give blocks=1 or more.")


class FullAdapter(Adapter):
    """Adds nothing; the backbone itself learns.

    Its norms keep their stored statistics, as is usual for small batches: those of four crops are
    noise.
    """

    def __init__(self, taps: Taps, options: FullOptions | None = None) -> None:
        super().__init__(taps)
        # in a tuple, so that they are not taken for modules of the adapter
        self._tuned = (choose_group(taps, options or FullOptions()),)
        if not tuple(self.upstream()):
            raise RequestError(
                "This backbone has nothing of the group that shall learn; choose another group of "
                "the adapter full, such as full:group=all."
            )
        for parameter in self.upstream():
            parameter.requires_grad_(True)

    def upstream(self) -> Iterable[nn.Parameter]:
        """The parameters of the group."""
        return chain.from_iterable(module.parameters() for module in self._tuned[0])


def choose_group(taps: Taps, options: FullOptions) -> tuple[nn.Module, ...]:
    """The modules of a group."""
    if options.group == "all":
        return (taps.backbone,)
    if options.group == "last":
        count = options.blocks
        return tuple(block.module for block in taps.blocks[-count:])
    norms = (nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)
    return tuple(module for module in taps.backbone.modules() if isinstance(module, norms))
