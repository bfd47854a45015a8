# SPDX-License-Identifier: GPL-3.0-or-later
"""Connects panels, tools and jobs; every message to the user passes here."""

from pathlib import Path

from qgis.core import Qgis, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QFileDialog

from ..jobs.where import everything, in_selection, in_view
from ..jobs.workplace import unused_name, with_ending
from ..layers.export import export, filters
from ..layers.labels import open_labels
from ..layers.measure import areas_by_class
from ..layers.results import RESULT, follow_edits, layers_of
from ..log import log
from ..model.hints import Labelled, blocking
from ..model.state import LabelClass, include_classes, include_names
from ..paths import GUIDE
from ..translate import tr
from ..words.engine import device_in_words, in_words
from ..words.options import for_the_panel
from .model_file import ModelFile
from .place_list import go_to
from .run_panel import ALL, VIEW
from .save_view import SaveView

SECONDS = 8
LATER_MS = 150


class Wiring(QObject):
    """Lives as long as the dock."""

    def __init__(self, iface, dock, desk, studio, drawing, parent=None):
        super().__init__(parent)
        self.iface, self.dock, self.desk = iface, dock, desk
        self.studio, self.drawing, self.session = studio, drawing, desk.session
        self._drawn, self._blocked = None, True
        self.models = ModelFile(desk, dock, self)
        self.saving = SaveView(iface.mapCanvas(), desk, self)
        self.counting = QTimer(self)
        self.counting.setSingleShot(True)
        self.counting.setInterval(LATER_MS)
        self.counting.timeout.connect(self.show_labelled)
        self._connect_panels()
        self._connect_jobs()
        QgsProject.instance().readProject.connect(self.find_labels)
        QgsProject.instance().cleared.connect(self.forget_labels)
        QgsProject.instance().projectSaved.connect(self.studio.tidy_up)
        QgsProject.instance().layersWillBeRemoved.connect(self._on_layers_removed)
        QgsProject.instance().layersAdded.connect(follow_edits)
        self.session.changed.connect(self._on_state)
        follow_edits(layers_of(RESULT))
        self.find_labels()

    def close(self):
        """Follow the project no more."""
        QgsProject.instance().readProject.disconnect(self.find_labels)
        QgsProject.instance().cleared.disconnect(self.forget_labels)
        QgsProject.instance().projectSaved.disconnect(self.studio.tidy_up)
        QgsProject.instance().layersWillBeRemoved.disconnect(self._on_layers_removed)
        QgsProject.instance().layersAdded.disconnect(follow_edits)
        self.saving.leave()
        self.dock.images.close_down()

    def tell(self, message, level=Qgis.MessageLevel.Info, details=""):
        """A message in the bar above the map, and in the log."""
        log(f"{message}\n{details}" if details else message, level)
        self.iface.messageBar().pushMessage("WEFT", message, level, SECONDS)

    def warn(self, message):
        """A message that asks for something."""
        self.tell(message, Qgis.MessageLevel.Warning)

    def labels(self):
        """The label layers, made beside the project or the image with the first shape."""
        if self.desk.labels is None:
            images = self.desk.images()
            if not images:
                self.warn(tr("Choose an image first."))
                return None
            path = self.session.state.labels or unused_name(self.desk.folder, "labels", ".gpkg")
            self.open_labels(path, images[0][0].crs())
        return self.desk.labels

    def open_labels(self, path, crs):
        """Use the label file at `path`."""
        try:
            self.desk.labels = open_labels(path, crs)
        except OSError as reason:
            words = tr('The label file {} cannot be used ({}); choose another by "File…".')
            self.warn(words.format(path, reason.strerror or reason))
            return
        for layer in (self.desk.labels.labels, self.desk.labels.areas):
            # saving modifies a layer as well, but is no edit
            layer.layerModified.connect(self.counting.start)
            layer.editCommandEnded.connect(self._on_drawn)
            layer.undoStack().indexChanged.connect(self._on_undone)
        self.session.update(labels=str(path))
        self.desk.labels.style(self.session.state)
        self.show_labelled()

    def find_labels(self, *document):
        """The label file of the project that was opened, if it is still there."""
        self.desk.labels = None
        self.dock.look.show_outdated(False)
        path = self.session.state.labels
        if path and Path(path).exists():
            self.open_labels(path, None)
        self.show_labelled()

    def forget_labels(self):
        """The project was closed."""
        self.desk.labels = None
        self.studio.leave()
        self.models.leave()
        self.saving.leave()
        self.dock.adapt.forget_measured()
        self.dock.look.suggestions.clear()
        self.dock.look.show_outdated(False)
        self.show_labelled()

    def show_labelled(self):
        """Counts, areas and hints as they are now."""
        labels, images = self.desk.labels, len(self.desk.images())
        nothing = {each.name: 0 for each in self.session.state.classes}
        labelled, areas = Labelled(nothing, images=images), {}
        if labels is not None:
            labelled = labels.count(self.session.state, images)
            if labelled.unknown:
                # comes back here with classes for them
                self.session.set(include_names(self.session.state, labelled.unknown))
                return
            areas = areas_by_class(labels.labels)
        path = labels.path.name if labels else ""
        self.dock.labels.show_labelled(labelled, areas, path)
        self._blocked = bool(blocking(labelled))
        self._enable(not self.studio.busy)

    def _connect_panels(self):
        dock, studio = self.dock, self.studio
        dock.images.save_wanted.connect(self.saving.ask)
        self.saving.saved.connect(self._on_view_saved)
        self.saving.refused.connect(self.warn)
        self.saving.told.connect(self.tell)
        dock.labels.file_wanted.connect(self._choose_file)
        dock.labels.class_renamed.connect(
            lambda before, now: self._with_labels("rename", before, now)
        )
        dock.labels.class_removed.connect(lambda name: self._with_labels("remove", name))
        dock.labels.complaint.connect(self._on_complaint)
        dock.labels.width.valueChanged.connect(self.drawing.set_width)
        for name in ("brush", "eraser"):
            self.drawing.tools[name].width_changed.connect(dock.labels.width.setValue)
        self.drawing.drawn.connect(self._on_drawn)
        self.drawing.refused.connect(self.warn)
        self.drawing.class_chosen.connect(self._on_class_key)
        dock.adapt.adapt_wanted.connect(lambda: self._with_images(studio.adapt))
        dock.adapt.measure_wanted.connect(lambda: self._with_images(studio.measure))
        dock.adapt.load_wanted.connect(self.models.load)
        dock.adapt.save_wanted.connect(self.models.save)
        self.models.loaded.connect(self._on_loaded)
        self.models.refused.connect(self.warn)
        self.models.failed.connect(self._on_failed)
        dock.look.preview_wanted.connect(lambda: self._with_images(studio.preview))
        dock.look.restyled.connect(studio.restyle)
        dock.look.suggestions.wanted.connect(lambda: self._with_images(studio.suggest))
        for places in (dock.adapt.worst, dock.look.suggestions.list):
            places.chosen.connect(lambda wkt, crs: go_to(self.iface.mapCanvas(), wkt, crs))
        dock.polygons.restyled.connect(studio.restyle)
        dock.run.plan_wanted.connect(lambda where: self._with_where(where, studio.plan))
        dock.run.run_wanted.connect(lambda where: self._with_where(where, studio.run))
        dock.polygons.draw_wanted.connect(studio.draw_again)
        dock.polygons.export_wanted.connect(self._export)
        dock.help.clicked.connect(lambda checked=False: QDesktopServices.openUrl(QUrl(GUIDE)))

    def _connect_jobs(self):
        studio = self.studio
        studio.started.connect(self._on_started)
        studio.progressed.connect(self._on_progress)
        studio.noted.connect(lambda note: self.tell(for_the_panel(note)))
        studio.planned.connect(self.dock.run.show_plan)
        studio.ended.connect(self._on_ended)
        studio.outdated.connect(self.dock.look.show_outdated)
        self.desk.client.ready.connect(self._on_engine_ready)
        self.desk.client.broken.connect(
            lambda failure: self.dock.show_engine(failure.message, missing=True)
        )

    def show_device(self):
        """What the engine computes on, once it has told."""
        facts = self.desk.client.facts
        if facts is not None:
            self.dock.show_engine(badge(facts["device"], self.desk.device), missing=False)

    def _on_engine_ready(self, facts):
        self.show_device()
        self.dock.adapt.advanced.offer(facts)

    def _on_started(self, kind):
        self.dock.progress.begin(title_of(kind))
        self._enable(False)
        if kind == "Adapt":
            self.dock.adapt.begin()

    def _on_progress(self, progress):
        self.dock.progress.show_progress(progress)
        if "loss" in progress.figures:
            self.dock.adapt.show_progress(progress)

    def _on_ended(self, kind, outcome):
        self.dock.progress.end()
        self._enable(True)
        self.show_labelled()
        if outcome.failure is not None:
            self._on_failed(outcome.failure)
        elif kind == "Adapt":
            self.dock.adapt.show_model(outcome.result["out"], outcome.result["card"])
            self.dock.look.suggestions.clear()
            if outcome.result["cancelled"]:
                self.tell(tr("Stopped early; the best model so far is kept."))
        elif kind == "Validate":
            self.dock.adapt.show_measured(outcome.result)
        elif kind == "Suggest":
            self.dock.look.suggestions.show_found(outcome.result)
        elif kind in ("Run", "Polygons"):
            counts = ", ".join(
                f"{count} {name}" for name, count in outcome.result["counts"].items()
            )
            found = counts or tr("no objects")
            self.tell(tr("Polygons: {}.").format(found), Qgis.MessageLevel.Success)

    def _on_failed(self, failure):
        if failure.cancelled:
            self.tell(in_words(failure.message))
        elif failure.mistake:
            self.warn(for_the_panel(failure.message))
        else:
            self.tell(failure.message, Qgis.MessageLevel.Critical, failure.details)

    def _enable(self, yes):
        """The buttons that start a job."""
        dock, state = self.dock, self.session.state
        for widget in (dock.adapt.adapt, dock.adapt.measure):
            widget.setEnabled(yes and not self._blocked)
        ready = yes and bool(state.model)
        for widget in (dock.look.preview, dock.look.suggestions.ask, dock.run.plan, dock.run.run):
            widget.setEnabled(ready)
        dock.polygons.draw.setEnabled(yes and bool(state.rasters))
        dock.polygons.export.setEnabled(bool(layers_of(RESULT)))

    def _on_state(self, state):
        self._enable(not self.studio.busy)
        drawn = (state.classes, state.current, state.images)
        # a slider that is dragged changes the state many times a second, and counting takes time
        if drawn != self._drawn:
            self._drawn = drawn
            if self.desk.labels is not None:
                self.desk.labels.style(state)
            self.show_labelled()

    def _on_view_saved(self, layer, path):
        self.session.update(images=(*self.session.state.images, layer.id()))
        self.tell(tr("{} written.").format(path), Qgis.MessageLevel.Success)

    def _on_drawn(self):
        self.counting.start()
        self.studio.mark_outdated()

    def _on_undone(self, index):
        # the index also moves with every edit, and when the history ends with saving
        if self.sender().canRedo():
            self._on_drawn()

    def _on_class_key(self, index):
        if index < len(self.session.state.classes):
            self.session.update(current=index)

    def _on_layers_removed(self, ids):
        labels = self.desk.labels
        if labels is not None and {labels.labels.id(), labels.areas.id()} & set(ids):
            self.desk.labels = None
        self.counting.start()

    def _on_complaint(self, message):
        self.warn(message)
        # the table shows what was refused
        self.show_labelled()

    def _with_labels(self, method, *arguments):
        if self.desk.labels is not None:
            try:
                getattr(self.desk.labels, method)(*arguments)
            except OSError as reason:
                self.warn(str(reason))
            self.counting.start()

    def _with_images(self, start):
        if self.desk.images():
            start()
        else:
            self.warn(tr("Choose an image first."))

    def _with_where(self, where, start):
        if not self.desk.images():
            self.warn(tr("Choose an image first."))
        elif where == ALL:
            start(everything(self.desk))
        elif where == VIEW:
            start(in_view(self.desk, self.iface.mapCanvas()))
        else:
            layer = self.iface.activeLayer()
            if not isinstance(layer, QgsVectorLayer) or not layer.selectedFeatureCount():
                self.warn(
                    tr("Select polygons in a vector layer, and make that layer the active one.")
                )
            else:
                start(in_selection(self.desk, layer))

    def _choose_file(self):
        images = self.desk.images()
        if not images:
            self.warn(tr("Choose an image first."))
            return
        path, _ = QFileDialog.getSaveFileName(
            self.dock,
            tr("File for labels and areas"),
            str(self.desk.folder / "labels.gpkg"),
            tr("GeoPackage (*.gpkg)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.open_labels(with_ending(path, ".gpkg"), images[0][0].crs())

    def _on_loaded(self, path, card):
        classes = [LabelClass(each["name"], each["colour"]) for each in card["classes"]]
        self.session.set(include_classes(self.session.state, classes))
        self.session.update(model=path, backbone=card["backbone"], adapter=card["adapter"])
        self.dock.adapt.show_model(path, card)
        self.studio.mark_outdated()

    def _export(self):
        found = layers_of(RESULT)
        path, _ = QFileDialog.getSaveFileName(self.dock, tr("Export polygons"), "", filters())
        if path and found:
            try:
                export(found[0], path)
            except OSError as reason:
                self.warn(tr("The polygons cannot be written: {}").format(reason))
            else:
                self.tell(tr("{} written.").format(path), Qgis.MessageLevel.Success)


def badge(device, wish):
    """The GPU's name, or why the CPU is used, which may be the user's own wish."""
    if wish == "cpu":
        return f"{tr('CPU')} ({in_words('asked for')})"
    name, reason = device_in_words(device["name"]), device.get("why not a GPU")
    return f"{name} ({in_words(reason)})" if reason else name


def title_of(kind):
    """What the user reads before the first progress."""
    return {
        "Adapt": tr("Starting to adapt"),
        "Validate": tr("Starting to measure"),
        "Preview": tr("Predicting the view"),
        "Plan": tr("Estimating"),
        "Suggest": tr("Looking for what to label"),
        "Run": tr("Starting to predict"),
        "Polygons": tr("Drawing polygons"),
    }[kind]
