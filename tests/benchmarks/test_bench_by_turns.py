# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that are compared by turns never run at once, and only their own turns count."""

import itertools
import sys
import time

import pytest
from by_turns import measure_by_turns

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no wait4")

# what a process has seen of time, a look each 10 ms
WATCH = """
import time
end, seen = time.process_time() + {busy}, []
while time.process_time() < end:
    seen.append(time.monotonic())
print("\\n".join(f"{{each:.3f}}" for each in seen[::1000]))
"""


def test_only_one_runs_at_a_time() -> None:
    commands = {
        name: [sys.executable, "-c", WATCH.format(busy=busy)]
        for name, busy in (("short", 0.5), ("long", 1.0))
    }
    start = time.monotonic()
    results = measure_by_turns(commands, turn_s=0.2)
    taken = time.monotonic() - start
    assert [each.status for each in results.values()] == [0, 0]
    assert 0.5 <= results["short"].seconds < results["long"].seconds
    assert sum(each.seconds for each in results.values()) <= taken
    times = sorted(
        (float(line), name)
        for name, each in results.items()
        for line in each.errors.split()
        if line[0].isdigit()
    )
    changes = sum(one[1] != other[1] for one, other in itertools.pairwise(times))
    assert 2 <= changes <= taken / 0.2, "turns of 0.2 s"


def test_a_command_that_fails_is_told() -> None:
    fails, works = [sys.executable, "-c", "1 / 0"], [sys.executable, "-c", "pass"]
    results = measure_by_turns({"fails": fails, "works": works}, turn_s=0.1)
    assert results["fails"].status == 1 and "ZeroDivisionError" in results["fails"].last_words
    assert results["works"].status == 0 and results["works"].peak_mib > 1
