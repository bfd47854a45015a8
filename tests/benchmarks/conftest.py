# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of benchmarks/ import each other as files of one folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
