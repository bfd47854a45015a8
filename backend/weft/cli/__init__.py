# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: parses, calls a job, shows progress, tells the outcome."""

from weft.cli.main import entry

__all__ = ["entry"]
