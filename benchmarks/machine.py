# SPDX-License-Identifier: GPL-3.0-or-later
"""What a figure was measured on: processor, memory, system, versions."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("torch", "timm", "numpy", "rasterio", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Machine:
    """A machine in words; two equal ones give figures that may be compared."""

    processor: str
    cores: int
    memory_gib: int
    system: str
    versions: str

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gib} GiB; {self.system}; "
            f"{self.versions}"
        )


def this_machine() -> Machine:
    """The machine that runs this."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return Machine(
        processor=processor_name(),
        cores=usable_cores(),
        memory_gib=round(memory_bytes() / 2**30),
        system=platform.system(),
        versions=f"Python {platform.python_version()}, {packages}",
    )


def processor_name() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    names = {key.strip(): value.strip() for key, value in fields.items()}
    return names.get("model name") or platform.machine()


def usable_cores() -> int:
    """Cores that this process may use, which can be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """The machine's memory."""
    return int(psutil.virtual_memory().total)
