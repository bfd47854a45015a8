# SPDX-License-Identifier: GPL-3.0-or-later
"""Run: reckon what it will take, predict images or a part of them, then draw polygons."""

import shutil
from dataclasses import replace

from ..process.jsonrpc import CANCELLED, Failure
from ..quantities import size
from ..translate import tr
from . import requests
from .desk import Job
from .polygons import Polygons
from .stopped import give_up_others, mark_of, where_stopped
from .workplace import fresh_name

RESULTS = "results"


class Plan(Job):
    """Reckons what a run will take, or what is left of one that was stopped."""

    def start(self, where):
        """Ask."""
        desk = self.desk
        asked = requests.predict(desk.state, where.images, "", desk.device, where.extent)
        folder = where_stopped(asked, desk.folder / RESULTS) or desk.folder
        self.ask("plan", {**asked, "out": str(folder)}, self._on_planned)

    def _on_planned(self, plan):
        self.planned.emit(plan)
        self.succeed(plan)


class Run(Job):
    """Reckons, predicts, then vectorises; what is predicted stays when the last step fails.

    The same run, asked for again after it was stopped, goes on from there.
    """

    def start(self, where):
        """Ask what it will take."""
        desk = self.desk
        asked = requests.predict(desk.state, where.images, "", desk.device, where.extent)
        results = desk.folder / RESULTS
        give_up_others(asked, results)
        stopped = where_stopped(asked, results)
        self.folder = stopped or fresh_name(results, "run", f"-{mark_of(asked)}")
        self.params = {**asked, "out": str(self.folder)}
        self.ask("plan", self.params, self._on_planned)

    def fail(self, failure):
        """See `Job`."""
        if failure.cancelled:
            words = tr("Cancelled; press Run again, and the same run goes on from there.")
            failure = replace(failure, message=words)
        super().fail(failure)

    def _on_planned(self, plan):
        if self.cancelled:
            self.fail(Failure("", CANCELLED))
            return
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
