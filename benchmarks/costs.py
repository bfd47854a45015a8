# SPDX-License-Identifier: GPL-3.0-or-later
"""What one method costs on one backbone: parameters, memory, time and file size, as JSON.

    python benchmarks/costs.py --backbone NAME [--backbone-weights FILE] --adapter NAME

A backbone that neither ships nor gets a weights file has random weights, which cost the same.
"""

import argparse
import sys
import warnings

import msgspec

from weft.cli.process import tune_process
from weft.errors import WeftError


def main() -> int:
    """Print the figures; 2 and a sentence when the method does not suit the backbone."""
    options = parse()
    # as the command line does it, before torch is loaded
    tune_process()
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    from training_costs import Trial, costs_of

    try:
        costs = costs_of(Trial(**vars(options)))
    except WeftError as mistake:
        print(mistake, file=sys.stderr)
        return 2
    print(msgspec.json.encode(costs).decode())
    return 0


def parse() -> argparse.Namespace:
    """The arguments of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--backbone-weights", metavar="FILE", dest="weights")
    parser.add_argument("--adapter", required=True)
    parser.add_argument("--schedule", help="measures also what freezing saves")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--crop", type=int, default=256, help="side of the crops in training")
    parser.add_argument("--tile", type=int, default=512, help="side of the tiles in prediction")
    parser.add_argument("--rounds", type=int, default=7, help="steps and tiles that are timed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
