# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's advice names options of its command line; who maps sees fields and menus."""

import re

from ..translate import tr

OPTION = re.compile(r"--device cpu|--backbone-weights FILE|--[a-z-]+")


def for_the_panel(said):
    """A sentence of the engine with options called as they are in the panel, if they are there."""
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
    return _called(said, {**places, "--out": tr("Project > Save As…")})


def for_the_toolbox(said):
    """The same with the names that parameters have in the Processing toolbox."""
    return _called(
        said,
        {
            "--backbone": tr("Backbone"),
            "--backbone-weights": tr("Weights of the backbone"),
            "--backbone-weights FILE": tr("Weights of the backbone"),
            "--adapter": tr("Adapter"),
            "--schedule": tr("What learns"),
            "--gsd": tr("GSD in metres"),
            "--bands": tr("Bands"),
            "--class-field": tr("Field of the class"),
            "--out": tr("Folder for the rasters"),
        },
    )


def _called(said, places):
    """The sentence with options called as their places are."""
    device = f"{tr('Settings > Options')} > WEFT > {tr('Compute on')}: {tr('CPU')}"
    quoted = {option: f'"{place}"' for option, place in {**places, "--device cpu": device}.items()}
    return OPTION.sub(lambda found: quoted.get(found[0], found[0]), said)
