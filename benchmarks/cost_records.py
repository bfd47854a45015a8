# SPDX-License-Identifier: GPL-3.0-or-later
"""What a method costs on a backbone, measured in a process of its own, and how that is kept."""

import sys
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from measured import measure
from runs import MISTAKE, today

OWN_CODE = tuple(f"benchmarks/{name}.py" for name in ("costs", "training_costs", "freezing"))


@dataclass(frozen=True)
class FreezingCost:
    """Time of training under DBF over that of training always, as a whole and the backbone's."""

    rho: int
    whole: float
    backbone: float

    @property
    def expected(self) -> float:
        """The line of the paper: going back takes twice the time of going forth."""
        return (1 + 2 / self.rho) / 3


@dataclass(frozen=True)
class Costs:
    """The figures.

    Parameters that learn lie in the adapter, in the heads, or in the backbone. `saved_bytes` is
    what a step keeps for going back, `head_bytes` that of heads alone on frozen maps, and
    `state_bytes` what stays between steps: gradients and the optimiser's state. `cuda_bytes` is
    the allocator's peak in training, None on a CPU, and `peak_mib` the resident memory of the
    process until training was over. `random` tells that the backbone had random weights.
    """

    adapter_parameters: int
    head_parameters: int
    unfrozen_parameters: int
    backbone_parameters: int
    cacheable: bool
    saved_bytes: int
    head_bytes: int
    state_bytes: int
    cuda_bytes: int | None
    peak_mib: float
    step_s: float
    file_bytes: int
    megapixels_s: float
    crop: int
    tile: int
    device: str
    precision: str
    random: bool
    freezing: list[FreezingCost]

    @property
    def share(self) -> float:
        """What learns beside the heads, which all methods share, over the backbone's parameters."""
        return (self.adapter_parameters + self.unfrozen_parameters) / self.backbone_parameters

    @property
    def beside_heads(self) -> int:
        """What a step keeps because of the method itself."""
        return self.saved_bytes - self.head_bytes

    @property
    def training_bytes(self) -> int:
        """The memory by which methods are compared."""
        on_cpu = self.saved_bytes + self.state_bytes
        return on_cpu if self.cuda_bytes is None else self.cuda_bytes


@dataclass(frozen=True)
class Method:
    """An adapter with a schedule, None for that which it has by itself."""

    adapter: str
    schedule: str | None = None

    @property
    def name(self) -> str:
        """As tables and the command line call it."""
        return f"{self.adapter}+{self.schedule}" if self.schedule else self.adapter

    @property
    def options(self) -> list[str]:
        """As commands take it."""
        return [
            *("--adapter", self.adapter),
            *(("--schedule", self.schedule) if self.schedule else ()),
        ]


@dataclass(frozen=True)
class CostSettings:
    """What makes costs comparable; `crop` and `tile` are the sides asked for."""

    code: str
    machine: str
    device: str
    batch: int
    crop: int
    tile: int


@dataclass(frozen=True)
class CostRecord:
    """The costs of a method on a backbone, or why there are none; see `Record`."""

    settings: CostSettings
    backbone: str
    method: str
    date: str = ""
    costs: Costs | None = None
    error: str | None = None
    unsuited: str | None = None

    @property
    def key(self) -> Hashable:
        """Which one this is among those of equal settings."""
        return self.backbone, self.method

    @property
    def told(self) -> str:
        """One line for the terminal."""
        name = f"{self.backbone}, {self.method}"
        if self.costs is None:
            return f"{name}: {self.error or self.unsuited}"
        mib = self.costs.training_bytes / 2**20
        return f"{name}: {mib:.0f} MiB of training memory, {self.costs.step_s:.3f} s a step"


def measure_costs(
    settings: CostSettings, backbone: str, weights: Path | None, method: Method
) -> CostRecord:
    """The record of a measurement; a failure is one as well."""
    result = measure(
        [
            *(sys.executable, str(Path(__file__).with_name("costs.py")), "--backbone", backbone),
            *(("--backbone-weights", str(weights)) if weights else ()),
            *(*method.options, "--device", settings.device, "--batch", str(settings.batch)),
            *("--crop", str(settings.crop), "--tile", str(settings.tile)),
        ]
    )
    blank = CostRecord(settings, backbone, method.name, today())
    if result.status == MISTAKE:
        return replace(blank, unsuited=result.sentence)
    if result.status != 0:
        return replace(blank, error=f"exit status {result.status}: {result.last_words}")
    return replace(blank, costs=msgspec.json.decode(result.output, type=Costs))
