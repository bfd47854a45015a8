# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point: exit status 0 on success, 2 on a user's mistake, 130 after Ctrl-C or SIGTERM.

`weft train` and `weft validate` end with 0 after the first Ctrl-C once they have a model or figures
to keep, and say so.
"""

import sys
import warnings
from collections.abc import Sequence
from io import TextIOWrapper

from weft.cli import commands
from weft.cli.display import Display
from weft.cli.parser import build_parser
from weft.cli.process import leave, tune_process
from weft.errors import Cancelled, WeftError, within_reach


def entry() -> None:
    """Run the command line of this process and exit with its status."""
    tune_process()
    if isinstance(sys.stdout, TextIOWrapper):
        # a pipe on Windows knows few letters, and the job is done when its result is printed
        sys.stdout.reconfigure(errors="replace")
    leave(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    # pytorch_wavelets asks for pkg_resources, which warns of its own end at every start.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    options = vars(build_parser().parse_args(arguments))
    command = getattr(commands, options.pop("verb"))
    display = Display()
    try:
        with display, within_reach():
            command(options, display)
    except WeftError as mistake:
        display.fail(str(mistake))
        return 2
    except (Cancelled, KeyboardInterrupt):
        display.fail("Cancelled; what was finished before is kept.")
        return 130
    return 0
