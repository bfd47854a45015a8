# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process of ours asks of its system, before torch is loaded."""

import ctypes
import os
import platform

# Parameters of glibc's mallopt, from malloc.h.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3


def tune_process() -> None:
    """Threads that sleep while they wait, and memory that is kept for the next batch.

    Beside another busy program, spinning threads made training seven times slower. Memory that is
    given back has to be asked for and faulted in again at every batch.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)
        libc.mallopt(M_TOP_PAD, 64 << 20)
