# SPDX-License-Identifier: GPL-3.0-or-later
"""Cast shadows fall away from the sun and are as long as geometry says."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.sample.light import cast_shadows
from weft.sample.variety import Light

STEP = 0.25


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 2 * math.pi), st.floats(0.6, 1.6))
def test_a_shadow_has_the_length_of_the_height_over_the_tangent(
    azimuth: float, tangent: float
) -> None:
    light = Light((math.cos(azimuth), math.sin(azimuth)), tangent, (0.0, 0.0))
    height = np.zeros((161, 161), dtype=np.float32)
    height[77:84, 77:84] = 6.0
    shadow = cast_shadows(height, STEP, light)
    rows, columns = np.nonzero(shadow)
    away = -((columns - 80) * light.towards[0] + (rows - 80) * light.towards[1]) * STEP
    half = 3.5 * STEP * (abs(light.towards[0]) + abs(light.towards[1]))
    assert away.max() == pytest.approx(6.0 / tangent + half, abs=6 * STEP)
    assert not shadow[77:84, 77:84].any()


def test_flat_ground_has_no_shadow() -> None:
    light = Light((1.0, 0.0), 1.0, (0.0, 0.0))
    assert not cast_shadows(np.full((20, 20), 3.0, np.float32), STEP, light).any()
