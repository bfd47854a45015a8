# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes stdin and stdout for the protocol alone, before anything else can use them."""

import os
from dataclasses import dataclass
from typing import BinaryIO

STDIN, STDOUT, STDERR = 0, 1, 2


@dataclass(frozen=True)
class Pipes:
    """The two ends of the protocol."""

    incoming: BinaryIO
    outgoing: BinaryIO


def claim_stdio() -> Pipes:
    """Duplicates of stdin and stdout; whoever still prints reaches stderr, and reads nothing.

    A stray print of a library would break the protocol, and on Windows a blocked read on a piped
    stdin hangs the imports of native libraries.
    """
    pipes = Pipes(
        os.fdopen(os.dup(STDIN), "rb"),
        os.fdopen(os.dup(STDOUT), "wb"),
    )
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, STDIN)
    os.close(null)
    os.dup2(STDERR, STDOUT)
    return pipes
