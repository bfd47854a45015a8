# SPDX-License-Identifier: GPL-3.0-or-later
"""When a training lets others look at its state: early, and then ever more seldom."""

FIRST_S, FIRST_SHARE = 6.0, 1 / 10
AGAIN_S, AGAIN_SHARE = 1.5, 1 / 40  # of a training that goes on: there is something to see at once
APART = 3.0  # times as late as the one before
LAST_SHARE = 0.5  # after that the result itself is near


def look_times(budget_s: float, going_on: bool) -> tuple[float, ...]:
    """Seconds of training after which to look."""
    first = AGAIN_S if going_on else FIRST_S
    share = AGAIN_SHARE if going_on else FIRST_SHARE
    times = [min(first, budget_s * share)]
    while times[-1] * APART <= budget_s * LAST_SHARE:
        times.append(times[-1] * APART)
    return tuple(times)
