# SPDX-License-Identifier: GPL-3.0-or-later
"""A training may go on with other classes than the earlier one had."""

import pytest
import torch

from weft.jobs.start import with_classes


@pytest.mark.parametrize(
    ("backbone", "adapter"),
    [("test_resnet", "weft"), ("test_resnet", "linear"), ("test_vit", "cwsam")],
)
def test_every_layer_that_knows_the_classes_follows_them(
    make_network, backbone: str, adapter: str
) -> None:
    two, three = (make_network(backbone, adapter, classes=count) for count in (2, 3))
    grown = with_classes(two.trained_state(), ["a", "b"], ["a", "b", "new"])
    three.load_trained(grown)


@torch.no_grad()
@pytest.mark.parametrize(
    ("backbone", "adapter"),
    [("test_resnet", "weft"), ("test_resnet", "linear"), ("test_vit", "cwsam")],
)
def test_classes_in_another_order_keep_their_logits(
    make_network, backbone: str, adapter: str
) -> None:
    before = make_network(backbone, adapter, classes=2)
    after = make_network(backbone, adapter, classes=2)
    after.load_trained(with_classes(before.trained_state(), ["a", "b"], ["b", "a"]))
    image = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(after(image), before(image)[:, [0, 2, 1, 3]])
