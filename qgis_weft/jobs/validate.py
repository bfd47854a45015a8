# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate: the engine trains without each area in turn, and measures on it."""

from ..layers.snapshot import take_snapshot
from . import requests
from .desk import Job
from .workplace import fresh_name


class Validate(Job):
    """Asks how good models of what is drawn are; the session's model stays as it is."""

    def start(self):
        """Write the snapshot and ask; OSError when it cannot be written."""
        desk = self.desk
        snapshot = take_snapshot(desk.labels, fresh_name(desk.folder / "models", "areas", ".gpkg"))
        params = requests.learn(desk.state, desk.image_paths(), snapshot, desk.device)
        if desk.labels.areas.featureCount():
            params = requests.with_areas(params, snapshot)
        self.ask("validate", params, self.succeed)
