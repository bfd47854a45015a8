# SPDX-License-Identifier: GPL-3.0-or-later
"""When what lies upstream of the backbone's maps learns, and when it stands still."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from weft.adapters.options import fill_options, split_choice
from weft.errors import RequestError

DEFAULT_SCHEDULE = "constant"


class Schedule(Protocol):
    """Asked before each epoch, counted from 0."""

    def learns(self, epoch: int) -> bool:
        """Whether the upstream side learns in this epoch."""


@dataclass(frozen=True)
class Constant:
    """It learns always."""

    def learns(self, epoch: int) -> bool:
        """See `Schedule`."""
        return True


@dataclass(frozen=True)
class DynamicFreezing:
    """Dynamic backbone freezing (DBF, arXiv:2407.15143): it learns in every `rho`-th epoch only.

    Epoch 0 is one of them, as in the released code. With `epochs`, it learns in those instead.
    Relative to training it always, the backbone costs (1 + 2 / rho) / 3, because going back takes
    about twice the time of going forth.
    """

    rho: int = 10
    epochs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.rho < 1:
            raise ValueError(f"rho={self.rho} is no interval; give rho=1 or more epochs.")

    def learns(self, epoch: int) -> bool:
        """See `Schedule`."""
        return epoch in self.epochs if self.epochs else epoch % self.rho == 0


SCHEDULES: dict[str, tuple[type, str]] = {
    "constant": (Constant, "everything learns in every epoch"),
    "dbf": (
        DynamicFreezing,
        "what learns inside the backbone stands still but for every rho-th epoch (dynamic backbone "
        "freezing, arXiv:2407.15143): cheaper than full, for many labels",
    ),
}


def find_schedule(choice: str) -> Schedule:
    """The schedule of a choice, `name` or `name:option=value,…`; RequestError if there is none."""
    name, given = split_choice(choice)
    if name not in SCHEDULES:
        raise RequestError(f"There is no schedule {name!r}; choose {' or '.join(SCHEDULES)}.")
    kind: Callable[..., Schedule] = SCHEDULES[name][0]
    return fill_options(kind, given, f"The schedule {name}")  # type: ignore[arg-type]


class Turns:
    """In which steps what lies upstream learns: each `every`-th of the epochs that learn."""

    def __init__(self, schedule: Schedule, epoch_steps: int, every: int) -> None:
        self.schedule, self.epoch_steps, self.every = schedule, epoch_steps, every
        self.steps = self.turns = 0

    def next(self) -> bool:
        """Whether it learns in the next step; of those that count, the first is one."""
        learns = self.schedule.learns(self.steps // self.epoch_steps)
        self.steps += 1
        self.turns += learns
        return learns and (self.turns - 1) % self.every == 0


def steps_per_epoch(known: int, batch: int, crop: int) -> int:
    """Steps after which as many pixels were shown as are known; at least one."""
    return max(1, round(known / (batch * crop**2)))
