# SPDX-License-Identifier: GPL-3.0-or-later
"""The task-specific prompt: low frequencies and patch embedding, added before every block."""

import torch.nn.functional as F
from torch import Tensor, nn

from weft.adapters.cwsam.low_pass import low_pass
from weft.adapters.cwsam.options import CwsamOptions

LEAST_WIDTH = 2


class LowFrequencyPrompt(nn.Module):
    """`p_i = Shared(GELU(Lin_i(h + e)))` for block i, Shared zero at the start.

    h is a convolution of the low-passed image with the patches' size, e a linear layer on the
    patch embedding. As in the released code this is the embedding itself, before positions are
    added to it.
    """

    def __init__(self, width: int, patch: int, depth: int, options: CwsamOptions) -> None:
        super().__init__()
        hidden = max(LEAST_WIDTH, width // options.prompt_reduction)
        self.share, self.fold = options.share, options.fold_signs
        self.image = nn.Conv2d(3, hidden, patch, stride=patch)
        self.embedding = nn.Linear(width, hidden)
        self.layers = nn.ModuleList(nn.Linear(hidden, hidden) for _ in range(depth))
        self.shared = nn.Linear(hidden, width)
        nn.init.zeros_(self.shared.weight)
        nn.init.zeros_(self.shared.bias)

    def guide(self, rgb: Tensor, embedding: Tensor) -> Tensor:
        """`h + e`, tokens (B, N, hidden).

        Of the normalised image (B, 3, H, W) and its patches (B, h, w, D) or (B, N, D).
        """
        smooth = low_pass(rgb, self.share)
        low: Tensor = self.image(smooth.abs() if self.fold else smooth)
        tokens: Tensor = self.embedding(embedding.reshape(len(embedding), -1, embedding.shape[-1]))
        return low.flatten(2).transpose(1, 2) + tokens

    def forward(self, guide: Tensor, index: int) -> Tensor:
        """p_i (B, N, D) of block `index`."""
        prompt: Tensor = self.shared(F.gelu(self.layers[index](guide)))
        return prompt


def add_to_patches(x: Tensor, prompt: Tensor) -> Tensor:
    """The sum of x and a prompt (B, N, D).

    x is a map (B, h, w, D), or tokens (B, M, D) whose last N are the patches.
    """
    if x.ndim == 4:
        return x + prompt.reshape(x.shape).to(x.dtype)
    return x + F.pad(prompt, (0, 0, x.shape[1] - prompt.shape[1], 0)).to(x.dtype)
