# SPDX-License-Identifier: GPL-3.0-or-later
"""The Haar wavelet transform, one level. The only place that knows a wavelet library."""

import torch
from pytorch_wavelets import DWTForward, DWTInverse
from torch import Tensor, nn


class HaarTransform(nn.Module):
    """Sub-bands (B, 4C, h/2, w/2) of a map (B, C, h, w) with even sides, and back.

    Channels are ordered low, then the three details, for each input channel in turn. The library
    runs in float32 whatever the autocast.
    """

    def __init__(self) -> None:
        super().__init__()
        self.analysis = DWTForward(J=1, wave="haar", mode="zero")
        self.synthesis = DWTInverse(wave="haar", mode="zero")

    def forward(self, x: Tensor) -> Tensor:
        """Sub-bands of `x`."""
        with torch.autocast(x.device.type, enabled=False):
            low, details = self.analysis(x.float())
        return torch.cat([low[:, :, None], details[0]], dim=2).flatten(1, 2)

    def inverse(self, bands: Tensor) -> Tensor:
        """The map (B, C, h, w) of sub-bands (B, 4C, h/2, w/2)."""
        split = bands.unflatten(1, (-1, 4)).float()
        with torch.autocast(bands.device.type, enabled=False):
            return self.synthesis((split[:, :, 0].contiguous(), [split[:, :, 1:].contiguous()]))


class PlainHaarTransform(nn.Module):
    """The same transform in sums of neighbours, for exporters that know no custom operators."""

    def forward(self, x: Tensor) -> Tensor:
        """See `HaarTransform.forward`."""
        a, b = x[..., ::2, ::2], x[..., ::2, 1::2]
        c, d = x[..., 1::2, ::2], x[..., 1::2, 1::2]
        bands = [a + b + c + d, a + b - c - d, a - b + c - d, a - b - c + d]
        return torch.stack(bands, dim=2).flatten(1, 2) / 2

    def inverse(self, bands: Tensor) -> Tensor:
        """See `HaarTransform.inverse`."""
        low, rows, columns, both = bands.unflatten(1, (-1, 4)).unbind(2)
        quarters = [
            low + rows + columns + both,
            low + rows - columns - both,
            low - rows + columns - both,
            low - rows - columns + both,
        ]
        return torch.pixel_shuffle(torch.stack(quarters, dim=2).flatten(1, 2) / 2, 2)
