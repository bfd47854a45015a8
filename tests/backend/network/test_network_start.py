# SPDX-License-Identifier: GPL-3.0-or-later
"""A training may go on with other classes than the earlier one had."""

import pytest

from weft.jobs.start import with_classes


@pytest.mark.parametrize("adapter", ["weft", "linear"])
def test_every_layer_that_knows_the_classes_follows_them(make_network, adapter: str) -> None:
    two, three = (make_network("test_resnet", adapter, classes=count) for count in (2, 3))
    grown = with_classes(two.trained_state(), ["a", "b"], ["a", "b", "new"])
    three.load_trained(grown)
