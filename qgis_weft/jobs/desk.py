# SPDX-License-Identifier: GPL-3.0-or-later
"""What all jobs share: the session, the engine, and the layers in use."""

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..layers.images import describe
from ..settings import Setting
from .workplace import project_folder


class Desk:
    """The session, the engine's client, and the label layers once they are there."""

    def __init__(self, session, client, data):
        self.session, self.client, self.data = session, client, Path(data)
        self.labels = None

    @property
    def state(self):
        """The session's state."""
        return self.session.state

    @property
    def folder(self):
        """Where results go."""
        return project_folder(self.data / "unsaved")

    @property
    def device(self):
        """auto, cpu or cuda."""
        return Setting.DEVICE.get()

    def images(self):
        """Layers and facts of the chosen images that can be used."""
        project = QgsProject.instance()
        layers = [project.mapLayer(id_) for id_ in self.state.images]
        described = [(layer, describe(layer)) for layer in layers if layer is not None]
        return [(layer, facts) for layer, facts in described if not facts.problem]

    def image_paths(self):
        """Their files."""
        return [facts.path for _, facts in self.images()]


@dataclass(frozen=True)
class Outcome:
    """How a job ended: a result, or a failure."""

    result: object = None
    failure: object = None


class Job(QObject):
    """One job at the engine; `ended` is told once, with an Outcome.

    `planned` tells what a run will take, before it predicts.
    """

    progressed = pyqtSignal(object)
    noted = pyqtSignal(str)
    planned = pyqtSignal(object)
    ended = pyqtSignal(object)

    def __init__(self, desk, parent=None):
        super().__init__(parent)
        self.desk = desk
        self.call = None
        self.cancelled = False

    def ask(self, method, params, then):
        """Send a request; `then` takes its result."""
        self.call = self.desk.client.request(method, params)
        self.call.progressed.connect(self.progressed)
        self.call.noted.connect(self.noted)
        self.call.succeeded.connect(then)
        self.call.failed.connect(self.fail)

    def cancel(self):
        """Stop at the next batch or tile; what is finished stays."""
        self.cancelled = True
        if self.call is not None:
            self.call.cancel()

    def stop_now(self):
        """Stop, if need be by ending the engine."""
        self.cancelled = True
        if self.call is not None:
            self.call.stop_now()

    def leave(self):
        """Stop, and hear no more of it."""
        self.cancel()
        if self.call is not None:
            self.call.blockSignals(True)

    def succeed(self, result):
        """Tell that it worked."""
        self.call = None
        self.ended.emit(Outcome(result))

    def fail(self, failure):
        """Tell that it did not."""
        self.call = None
        self.ended.emit(Outcome(failure=failure))
