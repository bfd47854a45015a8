# SPDX-License-Identifier: GPL-3.0-or-later
"""The backbones of the adapters' tests are exported as well."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "adapters"))
