# SPDX-License-Identifier: GPL-3.0-or-later
"""The resident engine seen from QGIS: one child process, started when it is first needed."""

import time

from qgis.PyQt.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, pyqtSignal

from ..log import log
from ..translate import tr
from .exits import in_words
from .jsonrpc import (
    CANCELLED,
    Answer,
    Failure,
    LineBuffer,
    Progress,
    notification,
    read_message,
    request,
)

PROTOCOL = 1
PATIENCE_MS = 15_000
CRASHES, WITHIN_S = 3, 600.0
LAST_LINES = 50


class Call(QObject):
    """A request on its way. Exactly one of `succeeded` and `failed` is told, once.

    `offered` tells results that are there before.
    """

    progressed = pyqtSignal(object)
    noted = pyqtSignal(str)
    offered = pyqtSignal(object)
    succeeded = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, client, id_, method, params):
        super().__init__(client)
        self.client, self.id, self.method, self.params = client, id_, method, params
        self.ended = False

    def cancel(self):
        """Ask the engine to stop at the next batch or tile; what is finished stays."""
        if not self.ended:
            self.client.send(notification("$/cancelRequest", {"id": self.id}))

    def stop_now(self):
        """Ask, and kill the engine if it has not stopped in 15 seconds."""
        self.cancel()
        QTimer.singleShot(PATIENCE_MS, self._insist)

    def tell(self, progress):
        """Tell how it goes."""
        if progress.note:
            self.noted.emit(progress.note)
        elif progress.partial is not None:
            self.offered.emit(progress.partial)
        else:
            self.progressed.emit(progress)

    def end(self, answer):
        """Tell the outcome."""
        self.ended = True
        if answer.failure is None:
            self.succeeded.emit(answer.result)
        else:
            self.failed.emit(answer.failure)
        self.deleteLater()

    def _insist(self):
        if not self.ended:
            self.client.kill()


class EngineClient(QObject):
    """Sends requests to `python -m weft serve` and hands out its answers on the main thread.

    `command` gives (program, arguments, environment), or raises LookupError with a sentence when
    there is no engine yet. Nothing here waits. `broken` tells why an engine does not become ready.
    """

    ready = pyqtSignal(dict)
    broken = pyqtSignal(object)

    def __init__(self, command, jobs, parent=None):
        super().__init__(parent)
        self._command, self._jobs = command, str(jobs)
        self._process = None
        self._calls = {}
        self._next = 0
        self._stderr = []
        self._crashes = []
        self._stopping = self._killed = False
        self.facts = None

    @property
    def running(self):
        """Whether there is a process."""
        return self._process is not None

    def warm_up(self):
        """Start the engine, so that the first job need not wait for it."""
        # one that ended by itself is started again by jobs alone
        if not self.running and not self._crashes:
            self._start()

    def request(self, method, params):
        """A call to `method`; its outcome comes by its signals, never before this returns."""
        call = self._new_call(method, params)
        failure = None if self.running else self._start()
        if failure is None:
            self.send(request(call.id, method, params))
        else:
            QTimer.singleShot(0, lambda: self._end(Answer(call.id, failure=failure)))
        return call

    def send(self, line):
        """Write a line to the engine, if there is one."""
        if self._process is not None:
            self._process.write(line)

    def kill(self):
        """End the process at once; its calls fail as cancelled."""
        if self._process is not None:
            self._killed = True
            self._process.kill()

    def stop(self):
        """End the process for good, as when the plugin is unloaded or its engine changes."""
        self._stopping = True
        process, self._process = self._process, None
        self._fail_all(Failure(tr("The engine was stopped."), details=""))
        if process is not None:
            process.blockSignals(True)
            process.closeWriteChannel()
            if not process.waitForFinished(500):
                process.kill()
                process.waitForFinished(2000)
            process.deleteLater()
        self.facts = None
        # the next one may be another
        self._crashes = []
        self._stopping = False

    def _start(self):
        """None, or the failure that keeps the engine from starting."""
        now = time.monotonic()
        self._crashes = [moment for moment in self._crashes if now - moment < WITHIN_S]
        if len(self._crashes) >= CRASHES:
            return Failure(
                tr(
                    "The engine crashed three times in ten minutes and is not started "
                    "again until these are over; see the log tab WEFT."
                )
            )
        try:
            program, arguments, environment = self._command()
        except LookupError as reason:
            return Failure(str(reason))
        process = QProcess(self)
        process.setProgram(str(program))
        process.setArguments([str(argument) for argument in arguments])
        settings = QProcessEnvironment()
        for key, value in environment.items():
            settings.insert(key, value)
        process.setProcessEnvironment(settings)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_log)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process, self._buffer, self._stderr = process, LineBuffer(), []
        self._killed = False
        process.start()
        first = self._new_call("initialize", {"protocol": PROTOCOL, "jobs": self._jobs})
        first.succeeded.connect(self._on_initialised)
        first.failed.connect(self._on_refused)
        self.send(request(first.id, first.method, first.params))
        return None

    def _new_call(self, method, params):
        self._next += 1
        call = self._calls[self._next] = Call(self, self._next, method, params)
        return call

    def _read(self):
        for line in self._buffer.feed(bytes(self._process.readAllStandardOutput())):
            message = read_message(line)
            if isinstance(message, Answer):
                self._end(message)
            elif isinstance(message, Progress):
                call = self._calls.get(message.id)
                if call is not None:
                    call.tell(message)
            else:
                log(line.decode("utf-8", "replace")[:500])

    def _read_log(self):
        text = bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        for line in text.splitlines():
            log(line)
        self._stderr = (self._stderr + text.splitlines())[-LAST_LINES:]

    def _end(self, answer):
        call = self._calls.pop(answer.id, None)
        if call is not None:
            call.end(answer)

    def _on_initialised(self, facts):
        self.facts = facts
        self.ready.emit(facts)

    def _on_refused(self, failure):
        if not self._stopping and not failure.cancelled:
            self.broken.emit(failure)

    def _on_error(self, error):
        if error == QProcess.ProcessError.FailedToStart:
            words = tr("The engine's Python, {}, cannot be started; set up the engine again.")
            failure = Failure(words.format(self._process.program()))
            self._forget()
            # Windows tells it from within start(), before anybody can listen to a call
            QTimer.singleShot(0, lambda: self._fail_all(failure))

    def _on_finished(self, code, status):
        self._read()
        self._read_log()
        reason = in_words(code, status == QProcess.ExitStatus.CrashExit)
        words = tr("The engine ended unexpectedly ({}); the next job starts it again.")
        if self.facts is None:
            words = tr("The engine cannot start ({}); set it up again, or see the log tab WEFT.")
        self._forget()
        if self._killed:
            words = tr("The engine was ended; the next job starts it again.")
            self._fail_all(Failure(words, CANCELLED))
            return
        self._crashes.append(time.monotonic())
        self._fail_all(Failure(words.format(reason), details="\n".join(self._stderr)))

    def _forget(self):
        if self._process is not None:
            self._process.deleteLater()
        self._process, self.facts = None, None

    def _fail_all(self, failure):
        calls, self._calls = list(self._calls.values()), {}
        for call in calls:
            call.end(Answer(call.id, failure=failure))
