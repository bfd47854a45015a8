# SPDX-License-Identifier: GPL-3.0-or-later
"""The one who runs jobs, one at a time, and knows which of their results are outdated."""

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..layers.results import PREVIEW, layers_of, restyle
from ..process.jsonrpc import CANCELLED, MISTAKE, Failure
from ..settings import Setting
from ..translate import tr
from .adapt import Adapt
from .desk import Outcome
from .polygons import Polygons
from .predict import Plan, Run
from .preview import Preview, sweep_previews
from .suggest import Suggest
from .validate import Validate


class Studio(QObject):
    """Starts jobs for the panel. `started` and `ended` tell the kind of job: its class's name."""

    started = pyqtSignal(str)
    progressed = pyqtSignal(object)
    noted = pyqtSignal(str)
    planned = pyqtSignal(object)
    ended = pyqtSignal(str, object)
    outdated = pyqtSignal(bool)

    def __init__(self, desk, canvas, parent=None):
        super().__init__(parent)
        self.desk, self.canvas = desk, canvas
        self.job = None
        self.preview_wanted = False

    @property
    def busy(self):
        """Whether a job is running."""
        return self.job is not None

    def adapt(self):
        """Train on what is drawn; meanwhile and afterwards the view is predicted by itself."""
        job = Adapt(self.desk, self)
        # what is seen is not yet the model that will come of it
        job.looked.connect(self.mark_outdated)
        self._begin(job, *([self.canvas] if Setting.AUTO_PREVIEW.get() else []))

    def measure(self):
        """Cross-validate on what is drawn."""
        self._begin(Validate(self.desk, self))

    def preview(self):
        """Predict the present view."""
        self._begin(Preview(self.desk, self), self.canvas)

    def plan(self, where):
        """Reckon what a run will take."""
        self._begin(Plan(self.desk, self), where)

    def run(self, where):
        """Predict and vectorise."""
        self._begin(Run(self.desk, self), where)

    def suggest(self):
        """Find places to label next."""
        self._begin(Suggest(self.desk, self))

    def draw_again(self):
        """Polygons of the last run, with the limits as they are now."""
        self._begin(Polygons(self.desk, self))

    def restyle(self):
        """Thresholds and opacity of the preview as they are now; needs no engine."""
        restyle(layers_of(PREVIEW), self.desk.state, Setting.OPACITY.get() / 100)

    def tidy_up(self, *saved):
        """The project was saved: files of earlier previews are of no more use."""
        # a job may be writing the next one
        if not self.busy:
            sweep_previews(self.desk)

    def mark_outdated(self, *reason):
        """Labels or model changed since the preview."""
        self.outdated.emit(bool(layers_of(PREVIEW)))

    def cancel(self):
        """Stop the job; what is finished stays."""
        if self.job is not None:
            self.job.cancel()

    def stop_now(self):
        """Stop the job, if need be by ending the engine."""
        if self.job is not None:
            self.job.stop_now()

    def leave(self):
        """The project was closed: the job is stopped, and what it may still bring is dropped."""
        if self.job is not None:
            self.job.leave()
            message = tr("The project was closed, and its job was stopped.")
            self._on_ended(Outcome(failure=Failure(message, CANCELLED)))

    def _begin(self, job, *arguments):
        if self.busy:
            self.noted.emit(tr("Another job is running; wait for it, or cancel it."))
            job.deleteLater()
            return
        self.job = job
        job.progressed.connect(self.progressed)
        job.noted.connect(self.noted)
        job.planned.connect(self.planned)
        job.ended.connect(self._on_ended)
        self.started.emit(type(job).__name__)
        try:
            job.start(*arguments)
        except OSError as reason:
            words = tr(
                "WEFT cannot write its files: {}. Save the project in a folder that can be "
                "written to, and try again."
            )
            self._on_ended(Outcome(failure=Failure(words.format(reason), MISTAKE)))
        except BaseException as bug:
            # otherwise no other job could ever start
            self._on_ended(Outcome(failure=Failure(repr(bug))))
            raise

    def _on_ended(self, outcome):
        kind = type(self.job).__name__
        self.job.deleteLater()
        self.job = None
        if kind == "Preview" and outcome.failure is None:
            self.outdated.emit(False)
        self.ended.emit(kind, outcome)
        if kind == "Adapt" and outcome.failure is None:
            self.mark_outdated()
            if Setting.AUTO_PREVIEW.get() and self.desk.images():
                self.preview()
