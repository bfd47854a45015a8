# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's advice names options of its command line; who maps sees fields and menus."""

import re

from ..translate import tr

OPTION = re.compile(r"--device cpu|--backbone-weights FILE|--[a-z-]+")


def for_the_panel(said):
    """A sentence of the engine with options called as they are in QGIS, where they are there."""
    advanced = {
        "--backbone": tr("Backbone"),
        "--backbone-weights": tr("Its weights"),
        "--backbone-weights FILE": tr("Its weights"),
        "--adapter": tr("Adapter"),
        "--schedule": tr("What learns"),
        "--gsd": tr("GSD"),
        "--bands": tr("Bands"),
    }
    places = {option: f"{tr('Advanced')} > {name}" for option, name in advanced.items()}
    places["--device cpu"] = f"{tr('Settings > Options')} > WEFT > {tr('Compute on')}: {tr('CPU')}"
    places["--out"] = tr("Project > Save As…")
    quoted = {option: f'"{place}"' for option, place in places.items()}
    return OPTION.sub(lambda found: quoted.get(found[0], found[0]), said)
