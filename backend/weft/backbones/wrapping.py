# SPDX-License-Identifier: GPL-3.0-or-later
"""The frozen form of each kind of network."""

from collections.abc import Sequence

from timm.models import FeatureListNet
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer
from timm.models.vision_transformer_sam import VisionTransformerSAM
from torch import nn

from weft.backbones.frozen import FrozenBackbone, MapBackbone, SealedBackbone, TokenBackbone
from weft.backbones.sam import SamBackbone


def wrap(network: nn.Module, mean: Sequence[float], std: Sequence[float]) -> FrozenBackbone:
    """The frozen form of a timm network that gives feature maps or tokens."""
    if isinstance(network, FeatureListNet):
        return MapBackbone(network, mean, std).freeze()
    if isinstance(network, VisionTransformer | Eva):
        return TokenBackbone(network, mean, std).freeze()
    if isinstance(network, VisionTransformerSAM):
        return SamBackbone(network, mean, std).freeze()
    return SealedBackbone(network, mean, std).freeze()
