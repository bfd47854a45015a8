# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt: a snapshot of what is drawn goes to the engine, a model comes back."""

from ..layers.snapshot import take_snapshot
from . import requests
from .desk import Job
from .workplace import fresh_name


class Adapt(Job):
    """Trains, and makes the result the session's model."""

    def start(self):
        """Write the snapshot and ask; OSError when it cannot be written."""
        desk = self.desk
        out = fresh_name(desk.folder / "models", "model", ".weft")
        snapshot = take_snapshot(desk.labels, out.with_suffix(".gpkg"))
        params = requests.train(desk.state, desk.image_paths(), snapshot, out, desk.device)
        if desk.labels.areas.featureCount():
            params = requests.with_areas(params, snapshot)
        self.ask("train", params, self._on_trained)

    def _on_trained(self, result):
        self.desk.session.update(model=result["out"], afresh=False)
        self.succeed(result)
