# SPDX-License-Identifier: GPL-3.0-or-later
"""Q-Linear: a linear layer whose weights are quantised, in training and in the model file."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.upetu.latent import standard_weights
from weft.adapters.upetu.quantise import gaussian_levels, pack, thresholds, unpack

EPSILON = 1e-5
STORED = ("codes", "mean", "std")


class QLinear(nn.Module):
    """`w̃ x`, `w̃ = σ·Q(ŵ) + μ`, `ŵ = (w − μ) / (σ + 1e-5)` (after arXiv:2307.16867, section 3).

    μ and σ are mean and deviation of the latent weights w (outputs, inputs), Q the quantiser of
    N(0, 1). Q passes gradients as if it were the identity. There is no bias.

    A state holds, instead of w, the codes of ŵ at `bits` bits a weight, μ and σ. A loaded w has
    the same codes, μ and σ as the saved one, but is not the same.
    """

    levels: Tensor
    cuts: Tensor

    def __init__(self, inputs: int, outputs: int, bits: int) -> None:
        super().__init__()
        self.bits = bits
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        nn.init.kaiming_uniform_(self.weight, a=5**0.5)
        levels = torch.tensor(gaussian_levels(bits))
        self.register_buffer("levels", levels, persistent=False)
        self.register_buffer("cuts", thresholds(levels), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(…, outputs) of `x` (…, inputs)."""
        return F.linear(x, self.quantised())

    def quantised(self) -> Tensor:
        """w̃ (outputs, inputs)."""
        standard, mean, std = self._standardised()
        nearest = self.levels[torch.bucketize(standard, self.cuts)]
        return std * (standard + (nearest - standard).detach()) + mean

    def plain(self) -> nn.Linear:
        """A linear layer that computes the same."""
        outputs, inputs = self.weight.shape
        layer = nn.Linear(inputs, outputs, bias=False)
        layer.weight = nn.Parameter(self.quantised().detach())
        return layer

    def _standardised(self) -> tuple[Tensor, Tensor, Tensor]:
        std, mean = torch.std_mean(self.weight, correction=0)
        return (self.weight - mean) / (std + EPSILON), mean, std

    def _save_to_state_dict(
        self, destination: dict[str, Any], prefix: str, keep_vars: bool
    ) -> None:
        with torch.no_grad():
            standard, mean, std = self._standardised()
            codes = torch.bucketize(standard.flatten(), self.cuts)
        stored = (pack(codes, self.bits), mean, std)
        destination.update({prefix + key: x for key, x in zip(STORED, stored, strict=True)})

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        absent = [prefix + key for key in STORED if prefix + key not in state_dict]
        missing_keys.extend(absent)
        if absent:
            return
        packed, mean, std = (state_dict[prefix + key].cpu() for key in STORED)
        codes = unpack(packed, self.weight.numel())
        levels = torch.tensor(gaussian_levels(self.bits), dtype=torch.float64)
        mean, scale = mean.double(), std.double() + EPSILON
        weight = mean + scale * standard_weights(codes, levels, float(std / scale))
        with torch.no_grad():
            self.weight.copy_(weight.view_as(self.weight))
