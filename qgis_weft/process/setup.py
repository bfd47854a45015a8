# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the recipe by QProcess, step by step; a transcript is kept, and it can be cancelled."""

import os
import re
from contextlib import suppress
from urllib.parse import quote, urlsplit

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal
from qgis.PyQt.QtNetwork import QNetworkProxy

from ..paths import BACKEND
from ..translate import tr
from .clean_env import child_environment
from .recipe import Outcome, SetupError, build

TRANSCRIPT = "setup-log.txt"
TYPES = QNetworkProxy.ProxyType
SCHEMES = {TYPES.HttpProxy: "http", TYPES.HttpCachingProxy: "http", TYPES.Socks5Proxy: "socks5"}


class Setup(QObject):
    """One run of the recipe."""

    step = pyqtSignal(str)
    line = pyqtSignal(str)
    succeeded = pyqtSignal(dict)
    failed = pyqtSignal(str)

    def __init__(self, kitchen, parent=None):
        super().__init__(parent)
        self._kitchen = kitchen
        self._story = build(kitchen)
        self._process = None
        self._output = ""
        self._cancelled = False

    def start(self):
        """Begin, or go on where an earlier run stopped."""
        self._advance(None)

    def cancel(self):
        """Stop the present step; what is installed already stays for the next try."""
        self._cancelled = True
        if self._process is not None:
            self._process.kill()
        else:
            self._give_up()

    def _advance(self, outcome):
        try:
            command = self._story.send(outcome)
        except StopIteration as end:
            self.succeeded.emit(end.value)
        except SetupError as mistake:
            self.failed.emit(str(mistake))
        except OSError as reason:
            words = tr("The engine's folder cannot be used ({}); choose another in the options.")
            self.failed.emit(words.format(reason.strerror))
        else:
            self._run(command)

    def _run(self, command):
        self.step.emit(command.text)
        self._tell(f"> {command.program} {' '.join(command.arguments)}")
        self._output = ""
        process = self._process = QProcess(self)
        settings = QProcessEnvironment()
        extra = {**uv_variables(os.environ, self._kitchen.environment.cache), **proxy_variables()}
        for key, value in child_environment(os.environ, BACKEND, extra).items():
            settings.insert(key, value)
        process.setProcessEnvironment(settings)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyRead.connect(self._read)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start(command.program, list(command.arguments))

    def _read(self):
        text = bytes(self._process.readAll()).decode("utf-8", "replace")
        self._output += text
        for line in text.splitlines():
            self._tell(line)

    def _tell(self, line):
        self.line.emit(line)
        folder = self._kitchen.environment.folder.parent
        # a transcript that cannot be written, or not yet, is no reason to stop
        with suppress(OSError), open(folder / TRANSCRIPT, "a", encoding="utf-8") as file:
            file.write(scrubbed(line) + "\n")

    def _on_finished(self, code, status):
        self._read()
        self._leave()
        if self._cancelled:
            self._give_up()
            return
        crashed = status == QProcess.ExitStatus.CrashExit
        self._advance(Outcome(code or int(crashed), self._output))

    def _give_up(self):
        self.failed.emit(tr("Cancelled; what is installed already is kept for the next try."))

    def _on_error(self, error):
        if error == QProcess.ProcessError.FailedToStart:
            self._leave()
            self._advance(Outcome(127, self._output))

    def _leave(self):
        self._process.deleteLater()
        self._process = None


def uv_variables(own, cache):
    """What pip does by itself and uv when it is told: the system's certificates, pip's index.

    And where uv downloads to, which by itself is the drive of the system.
    """
    told = {
        "UV_SYSTEM_CERTS": "1",
        "UV_NATIVE_TLS": "1",  # its name in older ones
        "UV_DEFAULT_INDEX": own.get("UV_INDEX_URL") or own.get("PIP_INDEX_URL"),
        "UV_CACHE_DIR": str(cache),
    }
    return {key: value for key, value in told.items() if value and key not in own}


def proxy_variables():
    """QGIS's proxy as the variables that pip and uv know; empty where QGIS uses none."""
    manager = QgsNetworkAccessManager.instance()
    proxy = manager.fallbackProxy()
    if proxy.type() not in SCHEMES:
        return {}
    user, password = (quote(each, safe="") for each in (proxy.user(), proxy.password()))
    who = f"{user}:{password}@" if user else ""
    address = f"{SCHEMES[proxy.type()]}://{who}{proxy.hostName()}:{proxy.port()}"
    variables = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), address)
    past = [host_of(each) for each in (*manager.excludeList(), *manager.noProxyList())]
    return {**variables, "NO_PROXY": ",".join(past)} if any(past) else variables


def host_of(address):
    """The host of an address, which may be the host alone."""
    return urlsplit(address if "://" in address else f"//{address}").hostname or ""


def scrubbed(line):
    """A line without the user names and passwords of addresses in it."""
    return re.sub(r"://\S*@", "://***@", line)
