# SPDX-License-Identifier: GPL-3.0-or-later
"""Look: the present view is predicted and drawn as probabilities."""

from ..layers.results import PREVIEW, restyle, show_probabilities
from ..settings import Setting
from ..translate import tr
from . import requests
from .desk import Job
from .where import in_view
from .workplace import fresh_name


class Preview(Job):
    """Predicts what a map canvas shows of the images."""

    def start(self, canvas):
        """Ask for the view of `canvas`."""
        desk = self.desk
        folder = fresh_name(desk.folder / "preview", "view", "")
        where = in_view(desk, canvas)
        params = requests.predict(desk.state, where.images, folder, desk.device, where.extent)
        self.ask("predict", params, self._on_predicted)

    def _on_predicted(self, result):
        paths = [image["probability"] for image in result["images"]]
        layers = show_probabilities(paths, result["classes"], PREVIEW, tr("Preview: {}"))
        restyle(layers, self.desk.state, Setting.OPACITY.get() / 100)
        self.succeed(result)
