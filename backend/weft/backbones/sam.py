# SPDX-License-Identifier: GPL-3.0-or-later
"""The image encoder of Segment Anything (arXiv:2304.02643), stage by stage."""

from collections.abc import Sequence

from timm.layers import resample_abs_pos_embed_nhwc
from timm.models.vision_transformer_sam import VisionTransformerSAM
from torch import Tensor

from weft.backbones.frozen import FrozenBackbone, Inject


class SamBackbone(FrozenBackbone):
    """Its blocks cut into four stages of one stride; the last map is that of the neck.

    Blocks keep maps (B, h, w, D), which most of them attend to in windows.
    """

    stages = 4

    def __init__(
        self, network: VisionTransformerSAM, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__(mean, std)
        self.network = network
        patch: int = network.patch_embed.patch_size[0]  # type: ignore[index, assignment]
        self.channels = (*(network.embed_dim,) * (self.stages - 1), network.num_features)
        self.strides = self.entry_strides = (patch,) * self.stages
        self.entry_channels = (network.embed_dim,) * self.stages

    def forward(self, image: Tensor, inject: Inject) -> list[Tensor]:
        """See `FrozenBackbone.forward`; every stage takes an injection."""
        network = self.network
        x = network.patch_embed(self.as_rgb(image))
        if network.pos_embed is not None:
            x = x + resample_abs_pos_embed_nhwc(network.pos_embed, list(x.shape[1:3]))
        x = network.norm_pre(x)
        maps, depth = [], len(network.blocks)
        for stage in range(self.stages):
            x = inject(stage, x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
            first, last = depth * stage // self.stages, depth * (stage + 1) // self.stages
            for block in network.blocks[first:last]:
                x = block(x)
            maps.append(x.permute(0, 3, 1, 2))
        return [*maps[:-1], network.neck(maps[-1])]
