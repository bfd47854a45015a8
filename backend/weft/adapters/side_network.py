# SPDX-License-Identifier: GPL-3.0-or-later
"""A small network beside the frozen one, which reads its maps and adds to them.

The formulas are a reconstruction of EST's (JSTARS 2025, 10.1109/JSTARS.2025.3563641), after the
same group's MuFA (JEIT 2024, 10.11999/JEIT240218) and ladder side-tuning (arXiv:2206.06522).
"""

import torch
import torch.nn.functional as F
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from weft.heads.level import Addition, resize

LEAST_WIDTH = 16
REDUCTIONS = (4, 8, 16)


class SideNetwork(nn.Module):
    """States S_i of the maps F_i, the finest first, and the layers that widen them; zero at step 0.

    No gradient enters the maps. At the start S is a projection of F. `width` and `reductions`
    divide a map's channels: for the width of S, and for the bottlenecks of `Fusion`.
    """

    def __init__(
        self,
        channels: tuple[int, ...],
        strides: tuple[int, ...],
        width: int,
        reductions: tuple[int, ...] = REDUCTIONS,
    ) -> None:
        super().__init__()
        widths = [max(LEAST_WIDTH, count // width) for count in channels]
        pairs = list(zip(channels, widths, strict=True))
        self.fusions = nn.ModuleList(Fusion(c, w, reductions) for c, w in pairs)
        self.steps = nn.ModuleList(
            step_down(before, after, finer != coarser)
            for before, after, finer, coarser in zip(
                widths, widths[1:], strides, strides[1:], strict=False
            )
        )
        self.gates = nn.ModuleList(Gate(w) for w in widths[1:])
        self.refinements = nn.ModuleList(Refinement(w) for w in widths)
        self.outputs = nn.ModuleList(nn.Linear(w, c) for c, w in pairs)
        for output in self.outputs:
            nn.init.zeros_(output.weight)  # type: ignore[arg-type]
            nn.init.zeros_(output.bias)  # type: ignore[arg-type]

    def forward(self, maps: list[Tensor], sizes: list[torch.Size]) -> list[Addition]:
        """What to add to the maps (B, C_i, h_i, w_i), at the `sizes` (h, w) of their levels."""
        states = self.states([x.detach() for x in maps])
        additions = []
        for state, size, output in zip(states, sizes, self.outputs, strict=True):
            assert isinstance(output, nn.Linear)
            additions.append(Addition(resize(state, size), output.weight, output.bias))
        return additions

    def states(self, maps: list[Tensor]) -> list[Tensor]:
        """S_i (B, width_i, h_i, w_i) of the maps F_i (B, C_i, h_i, w_i), the finest first."""
        states = [self.refinements[0](self.fusions[0](maps[0]))]
        for index, step in enumerate(self.steps):
            fused, before = self.fusions[index + 1](maps[index + 1]), step(states[-1])
            mixed = self.gates[index](fused, resize(before, fused.shape[2:]))
            states.append(self.refinements[index + 1](mixed))
        return states


class Fusion(nn.Module):
    """`a = U(π ⊙ GELU(V(LN F)))`: bottlenecks of several reductions, π a softmax over them.

    V and U are the layers of all bottlenecks in one. LN has neither gain nor offset, because V has
    them, so that no gradient has to reach the wide map.
    """

    def __init__(self, channels: int, width: int, reductions: tuple[int, ...]) -> None:
        super().__init__()
        self.norm = LayerNorm2d(channels, affine=False)
        hidden = [max(4, channels // reduction) for reduction in reductions]
        self.down = nn.Conv2d(channels, sum(hidden), 1)
        self.up = nn.Conv2d(sum(hidden), width, 1)
        self.balance = nn.Parameter(torch.zeros(len(hidden)))
        owners = torch.arange(len(hidden)).repeat_interleave(torch.tensor(hidden))
        self.register_buffer("owners", owners, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, h, w) of a map (B, channels, h, w)."""
        shares = self.balance.softmax(0)[self.get_buffer("owners")]
        # the layer is smaller than the map, so it is what the shares multiply
        weight = self.up.weight * shares[:, None, None]
        return F.conv2d(F.gelu(self.down(self.norm(x))), weight, self.up.bias)


class Gate(nn.Module):
    """`g ⊙ a + (1 − g) ⊙ S`, g = σ(W [mean(a); mean(S)]) for each channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weigh = nn.Linear(2 * width, width)

    def forward(self, a: Tensor, state: Tensor) -> Tensor:
        """Two maps (B, width, h, w) as one."""
        means = torch.cat([a.mean((2, 3)), state.mean((2, 3))], dim=1)
        gate = self.weigh(means).sigmoid()[:, :, None, None]
        return torch.lerp(state, a, gate.to(a.dtype))


class Refinement(nn.Module):
    """`S = z + PW(GELU(DW_3(LN z)))`, PW zero at the start."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = LayerNorm2d(width)
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.pointwise = nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.pointwise.weight)
        nn.init.zeros_(self.pointwise.bias)  # type: ignore[arg-type]

    def forward(self, z: Tensor) -> Tensor:
        """A map (B, width, h, w) of the same shape."""
        refined: Tensor = self.pointwise(F.gelu(self.depthwise(self.norm(z))))
        return z + refined


def step_down(before: int, after: int, halves: bool) -> nn.Module:
    """What takes a state to the next stage, at half the resolution where the stages' differ."""
    return nn.Conv2d(before, after, 2, stride=2) if halves else nn.Conv2d(before, after, 1)
