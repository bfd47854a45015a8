# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest tile of a coarse transformer has maps of one place."""

import pytest
import timm
import torch

from weft.adapters.registry import find_adapter
from weft.backbones.frozen import FrozenBackbone
from weft.backbones.registry import IMAGENET
from weft.backbones.wrapping import wrap
from weft.network import Network


def coarse_backbone() -> FrozenBackbone:
    options = {"num_classes": 0, "global_pool": "", "dynamic_img_size": True}
    return wrap(timm.create_model("test_vit", patch_size=32, **options), *IMAGENET)


@pytest.mark.parametrize("adapter", ["weft", "weft-large", "weft-large:edges=batch"])
def test_a_map_of_one_place_gives_finite_logits(adapter: str) -> None:
    torch.manual_seed(0)
    network = Network(coarse_backbone(), find_adapter(adapter), 3, 1)
    network.calibrate([torch.rand(4, 3, 64, 64)])
    logits = network(torch.rand(1, 3, 32, 32))
    assert logits.isfinite().all()
    logits.mean().backward()
    assert all(each.grad.isfinite().all() for each in network.parameters() if each.grad is not None)
