# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen backbone, adapter and heads as one network."""

import math

import torch
from torch import Tensor, nn

from weft.adapters.contract import Adapter, Taps
from weft.adapters.registry import AdapterSpec
from weft.backbones.frozen import FrozenBackbone

COARSEST_LEVEL = 32
MOST_DEVIATIONS = 3.0


class Standardise(nn.Module):
    """Frozen maps with zero mean and unit variance a channel, by statistics of labelled places.

    Values are bent to stay within ±MOST_DEVIATIONS (softsign). Ground unlike all that was labelled
    gives values far outside, and a layer that never saw such values is loudest there.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        for index, count in enumerate(channels):
            self.register_buffer(f"scale{index}", torch.ones(1, count, 1, 1))
            self.register_buffer(f"shift{index}", torch.zeros(1, count, 1, 1))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Maps of the same shapes and type."""
        return [self._bent(x, index) for index, x in enumerate(maps)]

    def _bent(self, x: Tensor, index: int) -> Tensor:
        shift, scale = self.get_buffer(f"shift{index}"), self.get_buffer(f"scale{index}")
        x = torch.addcmul(shift.to(x.dtype), x, scale.to(x.dtype))
        return x / (1 + x.abs() / MOST_DEVIATIONS)

    def fit(self, batches: list[list[Tensor]]) -> None:
        """Set the statistics from the maps of some batches."""
        for index, level in enumerate(zip(*batches, strict=True)):
            values = torch.cat([x.float().transpose(0, 1).flatten(1) for x in level], dim=1)
            deviation = values.std(1)
            # a channel that sleeps in the labelled places must not shout when it wakes elsewhere
            scale = 1 / deviation.clamp_min(0.1 * float(deviation.mean()) + 1e-6)
            self.get_buffer(f"scale{index}").copy_(scale.view(1, -1, 1, 1))
            self.get_buffer(f"shift{index}").copy_((-values.mean(1) * scale).view(1, -1, 1, 1))


def as_is(stage: int, x: Tensor) -> Tensor:
    """Inject nothing."""
    return x


class Network(nn.Module):
    """Logits (B, 1 + classes, H, W) of an image (B, bands, H, W) in 0..1; logit 0 is background.

    H and W are multiples of `multiple`. With several heads, logits are the mean of their votes: few
    labels leave each its own errors (an ensemble on a shared trunk, arXiv:1511.06314).
    """

    def __init__(
        self, backbone: FrozenBackbone, spec: AdapterSpec, bands: int, classes: int
    ) -> None:
        super().__init__()
        entries = enumerate(zip(backbone.entry_channels, backbone.entry_strides, strict=True))
        taps = Taps(
            bands,
            backbone.channels,
            backbone.strides,
            {i: entry for i, entry in entries if entry[1] > 1},
        )
        self.backbone = backbone
        self.adapter: Adapter = spec.build(taps)
        self.heads = nn.ModuleList(
            build(self.adapter.channels, self.adapter.strides, classes + 1) for build in spec.heads
        )
        self.standardise = Standardise(backbone.channels)
        self.multiple = math.lcm(COARSEST_LEVEL, *backbone.strides)

    def forward(self, image: Tensor) -> Tensor:
        """See the class."""
        return torch.stack(self.votes(image)).mean(0)

    def votes(self, image: Tensor) -> list[Tensor]:
        """The logits of each head, of the shape of `forward`; in training each has its own loss."""
        stream = self.adapter.begin(image)
        maps = self.backbone(image, lambda stage, x: self.adapter.inject(stage, x, stream))
        levels = self.adapter.finish(self.standardise(maps), stream)
        return [head(levels, image.shape[2:]) for head in self.heads]

    def probe(self, image: Tensor) -> list[Tensor]:
        """The votes on the frozen maps alone, so that the heads learn without the adapter."""
        with torch.no_grad():
            maps = self.standardise(self.backbone(image, as_is))
        levels = self.adapter.plain(maps, (image.shape[2], image.shape[3]))
        return [head(levels, image.shape[2:]) for head in self.heads]

    def calibrate(self, images: list[Tensor]) -> None:
        """Fit the standardisation of frozen features to some batches (B, bands, H, W)."""
        with torch.no_grad():
            self.standardise.fit([self.backbone(image, as_is) for image in images])

    def trained_state(self) -> dict[str, Tensor]:
        """Everything but the frozen backbone, for the model file."""
        return {k: v for k, v in self.state_dict().items() if not k.startswith("backbone.")}

    def load_trained(self, state: dict[str, Tensor]) -> None:
        """Put back what `trained_state` gave; KeyError when tensors are missing or surplus."""
        own = self.trained_state()
        if own.keys() != state.keys() or any(own[k].shape != state[k].shape for k in own):
            raise KeyError(sorted(own.keys() ^ state.keys())[:3])
        self.load_state_dict(state, strict=False)

    def load_similar(self, state: dict[str, Tensor]) -> None:
        """Put back what fits by name and shape; the rest stays as it is."""
        own = self.trained_state()
        fitting = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
        self.load_state_dict(fitting, strict=False)

    def trained_parameters(self) -> list[nn.Parameter]:
        """The parameters that learn: those of adapter and heads."""
        return [*self.adapter.parameters(), *self.heads.parameters()]
