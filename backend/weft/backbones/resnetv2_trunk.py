# SPDX-License-Identifier: GPL-3.0-or-later
"""ResNet-50 v2 of the ONNX model zoo (Gluon), stages 1 to 3, in timm's form."""

import timm
from timm.layers import BatchNormAct2d
from timm.models import FeatureListNet
from torch import nn


def build_resnetv2_trunk() -> nn.Module:
    """timm's resnetv2_50, with the BatchNorm and ReLU that follow this one's first convolution."""
    network = timm.create_model("resnetv2_50", features_only=True, out_indices=(0, 1, 2, 3))
    assert isinstance(network, FeatureListNet)
    modules = dict(network.items())
    stem = modules.pop("stem_conv")
    assert isinstance(stem, nn.Conv2d)
    network.clear()
    network.update({"stem_conv": stem, "stem_norm": BatchNormAct2d(stem.out_channels, eps=1e-5)})
    network.update(modules)
    network.return_layers["stem_norm"] = network.return_layers.pop("stem_conv")
    return network
