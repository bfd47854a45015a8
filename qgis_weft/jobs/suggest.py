# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggest: the engine ranks windows of the images by what it would learn from them."""

from ..layers.snapshot import take_snapshot
from . import requests
from .desk import Job
from .workplace import fresh_name


class Suggest(Job):
    """Asks where to label next; areas drawn since the model was made are left out."""

    def start(self):
        """Write a snapshot of the areas and ask; OSError when it cannot be written."""
        desk = self.desk
        out = fresh_name(desk.folder / "suggestions", "next", ".gpkg")
        areas = None
        if desk.labels is not None and desk.labels.areas.featureCount():
            areas = take_snapshot(desk.labels, out.with_name(f"{out.stem}-areas.gpkg"))
        params = requests.suggest(desk.state, desk.image_paths(), out, desk.device, areas)
        self.ask("suggest", params, self.succeed)
