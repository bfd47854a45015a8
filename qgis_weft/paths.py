# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts lie: in the installed zip all in one folder, in the sources beside it."""

from pathlib import Path

PLUGIN = Path(__file__).resolve().parent
HOME = PLUGIN if (PLUGIN / "backend").is_dir() else PLUGIN.parent
BACKEND = HOME / "backend"
RESOURCES = HOME / "resources"
TRANSLATIONS = HOME / "i18n"
LOCK = HOME / "requirements.lock"
GUIDE = "https://github.com/weft-gis/weft/blob/main/docs/guide.md"
