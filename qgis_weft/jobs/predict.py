# SPDX-License-Identifier: GPL-3.0-or-later
"""Run: reckon what it will take, predict images or a part of them, then draw polygons."""

import shutil

from ..quantities import size
from ..translate import tr
from . import requests
from .desk import Job
from .polygons import Polygons
from .workplace import fresh_name


class Plan(Job):
    """Reckons what a run will take."""

    def start(self, where):
        """Ask."""
        desk = self.desk
        params = requests.predict(desk.state, where.images, desk.folder, desk.device, where.extent)
        self.ask("plan", params, self._on_planned)

    def _on_planned(self, plan):
        self.planned.emit(plan)
        self.succeed(plan)


class Run(Job):
    """Reckons, predicts, then vectorises; what is predicted stays when the last step fails."""

    def start(self, where):
        """Ask what it will take."""
        desk = self.desk
        self.folder = fresh_name(desk.folder / "results", "run", "")
        self.params = requests.predict(
            desk.state, where.images, self.folder, desk.device, where.extent
        )
        self.ask("plan", self.params, self._on_planned)

    def _on_planned(self, plan):
        self.planned.emit(plan)
        free = shutil.disk_usage(self.folder.parent).free
        if free < plan["disk_bytes"]:
            few = tr("Only {} are free at {}; the run may need up to {}.")
            self.noted.emit(few.format(size(free), self.folder.parent, size(plan["disk_bytes"])))
        self.ask("predict", self.params, self._on_predicted)

    def _on_predicted(self, result):
        rasters = tuple(image["classes"] for image in result["images"])
        self.desk.session.update(rasters=rasters)
        self._second = Polygons(self.desk, self)
        self._second.progressed.connect(self.progressed)
        self._second.noted.connect(self.noted)
        self._second.ended.connect(self.ended)
        self._second.start()
        self.call = self._second.call
