# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m weft` is the command `weft`."""

from weft.cli import entry

if __name__ == "__main__":
    entry()
