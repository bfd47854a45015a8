# SPDX-License-Identifier: GPL-3.0-or-later
import sys

import numpy as np
import pytest
from measured import measure

MIB = 2**20
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no wait4")


def test_time_memory_output_and_status_are_those_of_the_child() -> None:
    code = f"import time; x = bytearray({64 * MIB}); time.sleep(0.2); print('hi'); 1 / 0"
    result = measure([sys.executable, "-c", code])
    assert result.status == 1
    assert result.output == "hi\n"
    assert "ZeroDivisionError" in result.last_words
    assert result.seconds >= 0.2
    assert 64 < result.peak_mib < 128


def test_the_memory_of_the_parent_does_not_count() -> None:
    ballast = np.ones(256 * MIB, np.uint8)
    assert measure([sys.executable, "-c", "pass"]).peak_mib < 100
    assert ballast[-1] == 1
