# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit codes of a process in words."""

import signal

from ..translate import tr

KILLED = -9


def in_words(code, crashed):
    """What an exit code says, for a message. `crashed`: the system ended it (CrashExit)."""
    if crashed and code in (9, KILLED):
        return tr("it was ended by the system, most often because memory ran out")
    windows = {
        0xC0000005: tr("access violation"),
        0xC0000135: tr("a DLL is missing"),
        0xC000001D: tr("illegal instruction"),
    }
    if code & 0xFFFFFFFF in windows:
        return f"{windows[code & 0xFFFFFFFF]} (0x{code & 0xFFFFFFFF:08X})"
    if crashed:
        try:
            return f"{signal.Signals(abs(code)).name}"
        except ValueError:
            return tr("it crashed")
    return tr("exit status {}").format(code)
