# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen backbone, adapter and heads as one network."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from weft.adapters.contract import Adapter, tap
from weft.adapters.registry import AdapterSpec
from weft.backbones.frozen import FrozenBackbone, as_is

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


class Network(nn.Module):
    """Logits (B, 1 + classes + 1, H, W) of an image (B, bands, H, W) in 0..1.

    The first is background; the last says that a pixel is interior, that is, deeper inside an
    object than a rim, which keeps touching objects apart. H and W are multiples of `multiple`. With
    several heads, logits are the mean of their votes: few labels leave each its own errors (an
    ensemble on a shared trunk, arXiv:1511.06314).
    """

    def __init__(
        self, backbone: FrozenBackbone, spec: AdapterSpec, bands: int, classes: int
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.adapter: Adapter = spec.build(tap(backbone, bands))
        self.heads = nn.ModuleList(
            build(self.adapter.channels, self.adapter.strides, 1 + classes + 1)
            for build in spec.heads
        )
        self.standardise = Standardise(backbone.channels)
        self.multiple = math.lcm(COARSEST_LEVEL, *backbone.strides)

    def forward(self, image: Tensor) -> Tensor:
        """See the class."""
        return torch.stack(self.votes(image)).mean(0)

    def votes(self, image: Tensor) -> list[Tensor]:
        """The logits of each head, of the shape of `forward`; in training each has its own loss."""
        return self._finish(*self._features(image), image)

    def votes_downstream(self, image: Tensor) -> list[Tensor]:
        """The same votes, but what lies upstream of the backbone's maps stands still.

        No gradient reaches it, and its norms and dropout are in evaluation mode.
        """
        # where nothing is injected, all that the adapter has lies downstream
        if self.adapter.cacheable:
            return self.votes(image)
        with torch.no_grad(), evaluating(self.adapter):
            features = self._features(image)
        return self._finish(*features, image)

    def frozen_maps(self, image: Tensor) -> list[Tensor]:
        """The standardised maps of the backbone alone, the same for as long as only heads learn."""
        return self.standardise(self._plain_maps(image))

    def probe(self, maps: list[Tensor], size: tuple[int, int]) -> list[Tensor]:
        """The votes (B, 1 + classes + 1, *size) on `frozen_maps`: heads learn, no adapter."""
        levels = self.adapter.plain(maps)
        return [head(levels, size) for head in self.heads]

    def _features(self, image: Tensor) -> tuple[list[Tensor], Any]:
        stream = self.adapter.begin(image)
        maps = self.backbone(image, lambda stage, x: self.adapter.inject(stage, x, stream))
        return maps, stream

    def _finish(self, maps: list[Tensor], stream: Any, image: Tensor) -> list[Tensor]:
        levels = self.adapter.finish(self.standardise(maps), stream)
        return [head(levels, image.shape[2:]) for head in self.heads]

    def calibrate(self, images: list[Tensor]) -> None:
        """Fit the standardisation of frozen features to some batches (B, bands, H, W)."""
        self.standardise.fit([self._plain_maps(image) for image in images])

    @torch.no_grad()
    def _plain_maps(self, image: Tensor) -> list[Tensor]:
        # what an adapter drops inside of blocks now and then belongs to its own steps
        with evaluating(self.adapter):
            return self.backbone(image, as_is)

    def trained_state(self) -> dict[str, Tensor]:
        """Everything that learned, and the statistics of features, for the model file."""
        learned = {name for name, _ in self._trained()}
        return {
            name: value
            for name, value in self.state_dict().items()
            if name in learned or not name.startswith("backbone.")
        }

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
        """The parameters that learn: those of adapter and heads, and what it unfreezes."""
        return [parameter for _, parameter in self._trained()]

    def running_statistics(self) -> list[Tensor]:
        """The means and variances that batch normalisation of the adapter collects meanwhile."""
        norms = (each for each in self.adapter.modules() if isinstance(each, nn.BatchNorm2d))
        return [each.get_buffer(kind) for each in norms for kind in ("running_mean", "running_var")]

    def upstream_parameters(self) -> list[nn.Parameter]:
        """Those of them that the backbone's maps depend on."""
        return list(self.adapter.upstream())

    def _trained(self) -> list[tuple[str, nn.Parameter]]:
        upstream = {id(parameter) for parameter in self.adapter.upstream()}
        return [
            (name, parameter)
            for name, parameter in self.named_parameters()
            if id(parameter) in upstream or not name.startswith("backbone.")
        ]


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Keep norms and dropout of `module` in evaluation mode, and give back the mode it was in."""
    mode = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(mode)


def split(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (B, 1 + K, H, W) of the classes, and (B, H, W) of interiors, of a network's."""
    return logits[:, :-1], logits[:, -1]


def probabilities(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Probabilities (B, 1 + K, H, W) of the classes, and (B, 1, H, W) of interiors."""
    classes, interior = split(logits.float())
    return classes.softmax(1), interior[:, None].sigmoid()
