# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks import each other as files of one folder; their tests share the adapters' networks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.append(str(Path(__file__).parents[1] / "backend" / "adapters"))
