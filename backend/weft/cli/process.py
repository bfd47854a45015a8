# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process of ours asks of its system before torch is loaded, and how it ends."""

import ctypes
import os
import platform
import sys
from contextlib import suppress
from typing import NoReturn

# How often a waiting thread of GNU OpenMP looks before it sleeps. A training step alone took 421 ms
# with it and 530 ms without; beside a second training 1.0 s and 0.9 s, with endless looking 1.7 s.
SPINS = "1000"
# Parameters of glibc's mallopt, from malloc.h.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -2, -3, -8


def tune_process() -> None:
    """Threads that soon sleep when they wait, and memory that is kept for the next batch.

    Beside another busy program, spinning threads made training seven times slower. Memory that is
    given back has to be asked for and faulted in again at every batch. What one thread has freed
    serves the others.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)
        libc.mallopt(M_TOP_PAD, 64 << 20)
        libc.mallopt(M_ARENA_MAX, 1)


def leave(status: int) -> NoReturn:
    """End this process at once, when all files are closed.

    To take libraries down one by one lasts most of a second, and loads a hundred megabytes of them
    for it.
    """
    with suppress(BrokenPipeError):  # whoever read it has gone
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)
