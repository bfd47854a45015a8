# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons: outlines from the rasters of the last run, without predicting again."""

from pathlib import Path

from ..layers.results import show_polygons
from . import requests
from .desk import Job
from .workplace import fresh_name


class Polygons(Job):
    """Vectorises and shows the result in the colours of its classes."""

    def start(self):
        """Ask, into a new file beside the rasters: an open GeoPackage is never written over."""
        rasters = self.desk.state.rasters
        out = fresh_name(Path(rasters[0]).parent, "polygons", ".gpkg")
        self.ask("vectorise", requests.vectorise(self.desk.state, rasters, out), self._on_drawn)

    def _on_drawn(self, result):
        show_polygons(result["out"], self.desk.state.classes)
        self.succeed(result)
