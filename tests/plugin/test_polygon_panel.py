# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of polygons as the panel has them."""

import pytest
from qgis_weft.gui.polygon_panel import chosen, spin


@pytest.mark.parametrize("step", [0.05, 0.1, 1.0])
def test_one_step_up_from_automatic_is_nought(qgis_app, step):
    box = spin(0.0, 100.0, 2, step, special="automatic")
    box.setValue(-1)
    assert (box.text(), chosen(box)) == ("automatic", None)
    box.stepUp()
    assert chosen(box) == 0
