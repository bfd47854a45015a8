# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt: a snapshot of what is drawn goes to the engine, a model comes back."""

from qgis.PyQt.QtCore import pyqtSignal

from ..layers.snapshot import take_snapshot
from . import requests
from .desk import Job
from .preview import new_folder, show_early
from .where import in_view
from .workplace import fresh_name


class Adapt(Job):
    """Trains, and makes the result the session's model. `looked` tells of each early preview."""

    looked = pyqtSignal()

    def start(self, canvas=None):
        """Write the snapshot and ask; OSError when it cannot be written.

        With a map canvas, the middle of what it shows is predicted now and then while it trains.
        """
        desk = self.desk
        out = fresh_name(desk.folder / "models", "model", ".weft")
        snapshot = take_snapshot(desk.labels, out.with_suffix(".gpkg"))
        params = requests.train(desk.state, desk.image_paths(), snapshot, out, desk.device)
        if desk.labels.areas.featureCount():
            params = requests.with_areas(params, snapshot)
        if canvas is not None:
            view = in_view(desk, canvas).extent
            params = requests.with_view(params, new_folder(desk), view)
        self.ask("train", params, self._on_trained)
        self.call.offered.connect(self._on_look)

    def _on_look(self, result):
        show_early(self.desk, result)
        self.looked.emit()

    def _on_trained(self, result):
        self.desk.session.update(model=result["out"], afresh=False)
        self.succeed(result)
