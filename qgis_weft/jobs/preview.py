# SPDX-License-Identifier: GPL-3.0-or-later
"""Look: the present view is predicted and drawn as probabilities."""

import shutil

from qgis.core import QgsProject

from ..layers.groups import is_on, switch_off
from ..layers.results import CLASS, PREVIEW, layers_of, restyle, show_probabilities
from ..settings import Setting
from ..translate import tr
from . import requests
from .desk import Job
from .where import in_view
from .workplace import fresh_name

FOLDER, VIEW = "preview", "view"


class Preview(Job):
    """Predicts what a map canvas shows of the images."""

    def start(self, canvas):
        """Ask for the view of `canvas`."""
        desk = self.desk
        self.folder = new_folder(desk)
        where = in_view(desk, canvas)
        params = requests.preview(desk.state, where.images, self.folder, desk.device, where.extent)
        self.ask("predict", params, self._on_predicted)

    def fail(self, failure):
        """See `Job`; nothing is shown of it, and nothing goes on from it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        super().fail(failure)

    def _on_predicted(self, result):
        show_preview(self.desk, result)
        self.succeed(result)


def new_folder(desk):
    """Where a preview puts its rasters: each has its own, for QGIS holds those it shows open."""
    return fresh_name(desk.folder / FOLDER, VIEW, "")


def sweep_previews(desk):
    """Remove the previews beside a saved project that it does not show any more."""
    # sources need not be paths: those of web layers are none that Windows could resolve
    shown = [layer.source() for layer in QgsProject.instance().mapLayers().values()]
    for folder in (desk.folder / FOLDER).glob(f"{VIEW}-*"):
        if not any(folder.name in source for source in shown):
            shutil.rmtree(folder, ignore_errors=True)


def show_early(desk, result):
    """The same as `show_preview`, but what the user has switched off stays off."""
    off = {layer.customProperty(CLASS) for layer in layers_of(PREVIEW) if not is_on(layer)}
    for layer in show_preview(desk, result):
        if layer.customProperty(CLASS) in off:
            switch_off(layer)


def show_preview(desk, result):
    """The result of `predict` as the layers of the preview; returns them."""
    paths = [image["probability"] for image in result["images"]]
    layers = show_probabilities(paths, result["classes"], PREVIEW, tr("Preview: {}"))
    restyle(layers, desk.state, Setting.OPACITY.get() / 100)
    return layers
