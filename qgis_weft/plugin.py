# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin: makes everything that lives long, and takes all of it away again."""

import os
import shutil
import sys
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .gui.dock import WeftDock
from .gui.drawing import Drawing
from .gui.options_page import OptionsFactory
from .gui.setup_dialog import SetupDialog
from .gui.wiring import Wiring
from .jobs.desk import Desk
from .jobs.studio import Studio
from .model.session import Session
from .paths import LOCK, RESOURCES, TRANSLATIONS
from .process.client import EngineClient
from .process.environment import data_folder, engine_command, engine_python, environment_in
from .process.pythons import candidates
from .process.recipe import Kitchen
from .process.setup import Setup
from .processing.provider import WeftProvider
from .settings import Setting
from .translate import install_translator, tr


class WeftPlugin:
    """What QGIS loads and unloads."""

    def __init__(self, iface):
        self.iface = iface
        self.dock = None

    def initProcessing(self):  # noqa: N802 - QGIS calls it so
        """Put the algorithms into the toolbox; `qgis_process` calls this alone."""
        self.translator = install_translator(TRANSLATIONS)
        self.provider = WeftProvider(self.engine_command, data_folder() / "jobs")
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):  # noqa: N802 - QGIS calls it so
        """Make session, engine, tools and panel, and show the action that opens it."""
        self.initProcessing()
        main = self.iface.mainWindow()
        self.session = Session()
        self.client = EngineClient(self.engine_command, data_folder() / "jobs")
        self.desk = Desk(self.session, self.client, data_folder())
        self.studio = Studio(self.desk, self.iface.mapCanvas())
        self.drawing = Drawing(self.iface.mapCanvas(), self.session, lambda: self.wiring.labels())
        self.dock = WeftDock(self.session, self.studio, self.drawing, main)
        self.wiring = Wiring(self.iface, self.dock, self.desk, self.studio, self.drawing)
        self.dock.set_up.clicked.connect(lambda checked=False: self.set_up())
        self.options = OptionsFactory(self.engine_changed, self.wiring.show_device)
        self.iface.registerOptionsWidgetFactory(self.options)
        self.action = QAction(QIcon(str(RESOURCES / "icons" / "weft.svg")), tr("WEFT panel"), main)
        self.action.setCheckable(True)
        self.dock.setToggleVisibilityAction(self.action)
        self.iface.addPluginToRasterMenu("WEFT", self.action)
        self.iface.addRasterToolBarIcon(self.action)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self.dock.visibilityChanged.connect(self._on_shown)
        QgsProject.instance().writeProject.connect(self._save_labels)
        self.show_engine()

    def unload(self):
        """Take everything away, in the reverse order."""
        QgsProject.instance().writeProject.disconnect(self._save_labels)
        self.dock.visibilityChanged.disconnect(self._on_shown)
        for dialog in self.dock.findChildren(SetupDialog):
            dialog.reject()
        self.iface.removeDockWidget(self.dock)
        self.iface.removeRasterToolBarIcon(self.action)
        self.iface.removePluginRasterMenu("WEFT", self.action)
        self.iface.unregisterOptionsWidgetFactory(self.options)
        self.wiring.close()
        self.drawing.close()
        self.client.stop()
        self.session.close()
        for each in (
            self.wiring,
            self.dock,
            self.action,
            self.drawing,
            self.studio,
            self.client,
            self.session,
        ):
            each.deleteLater()
        QgsApplication.processingRegistry().removeProvider(self.provider)
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
        self.dock = None

    def folder(self):
        """Where the engine's environments are."""
        return Path(Setting.ENGINE_FOLDER.get() or data_folder())

    def engine_command(self):
        """How the engine is called; LookupError in a sentence when there is none."""
        return engine_command(engine_python(Setting.ENGINE_PYTHON.get(), self.folder()), "serve")

    def engine_changed(self):
        """Options were applied, or the engine was set up: begin anew with the new one."""
        self.client.stop()
        self.show_engine()
        if self.dock.isUserVisible():
            self._warm_up()

    def show_engine(self):
        """Whether there is an engine, in the panel."""
        try:
            self.engine_command()
        except LookupError as reason:
            self.dock.show_engine(str(reason), missing=True)
        else:
            self.dock.show_engine(tr("The engine starts with the first job."), missing=False)

    def set_up(self):
        """The dialog that installs the engine; QGIS can be used meanwhile."""
        self.dock.set_up.setEnabled(False)
        dialog = SetupDialog(self._make_setup, self.folder(), self.dock)
        dialog.done_well.connect(self._on_set_up)
        dialog.finished.connect(lambda result: self.dock.set_up.setEnabled(True))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _on_set_up(self, facts):
        # a Python of the user's own did not work, or nothing would have been set up
        Setting.ENGINE_PYTHON.reset()
        self.engine_changed()

    def _make_setup(self, parent):
        own = Setting.ENGINE_PYTHON.get()
        pythons = (*filter(None, [own]), *candidates(sys.platform, os.environ, Path.home()))
        uv = shutil.which("uv") or ""
        return Setup(Kitchen(environment_in(self.folder()), LOCK, pythons, uv), parent)

    def _on_shown(self, visible):
        if visible:
            self._warm_up()

    def _warm_up(self):
        try:
            self.engine_command()
        except LookupError:
            return
        self.client.warm_up()

    def _save_labels(self, *document):
        if self.desk.labels is not None:
            problem = self.desk.labels.save()
            if problem:
                self.wiring.warn(tr("The labels are not saved: {}").format(problem))
