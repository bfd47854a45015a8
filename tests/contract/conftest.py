# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides of the protocol in one process: the plugin's pure modules need no QGIS."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The plugin's package starts QGIS's side when it is imported as such; here its folders are enough.
package = types.ModuleType("qgis_weft")
package.__path__ = [str(ROOT / "qgis_weft")]
sys.modules.setdefault("qgis_weft", package)
