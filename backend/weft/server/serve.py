# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: one thread listens, one works, one job at a time; the end of stdin ends it."""

import os
import queue
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from weft.server.folder import sweep
from weft.server.job import Job, carry_out
from weft.server.methods import METHODS, facts
from weft.server.rpc import (
    CANCELLED,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NOT_INITIALISED,
    Call,
    RpcError,
    failure,
    parse,
    response,
)
from weft.server.stdio import Pipes, claim_stdio

PROTOCOL = 1
PATIENCE_S = 15.0


class Server:
    """The state between messages: where jobs live, and which of them wait or run."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self._writing = threading.Lock()
        self._jobs: Path | None = None
        self._pending: dict[int | str, Job] = {}
        self._queue: queue.Queue[Job | None] = queue.Queue()
        self._worker = threading.Thread(target=self._work, name="jobs", daemon=True)

    def serve(self) -> None:
        """Take messages until `shutdown` or the end of stdin; then cancel what is running."""
        self._worker.start()
        for line in self._pipes.incoming:
            try:
                call = parse(line)
            except RpcError as error:
                self.send(failure(None, error))
                continue
            if call.method == "shutdown":
                self._answer(call, None)
                break
            self._take(call)
        for job in list(self._pending.values()):
            job.cancelled.set()
        self._queue.put(None)
        self._worker.join(PATIENCE_S)

    def send(self, line: bytes) -> None:
        """Write one message; a client that is gone is noticed by the end of stdin."""
        with self._writing:
            try:
                self._pipes.outgoing.write(line)
                self._pipes.outgoing.flush()
            except OSError:
                return

    def _take(self, call: Call) -> None:
        try:
            if call.method == "$/cancelRequest":
                self._cancel(call)
            elif call.id is None:
                return  # nobody waits for what it would give
            elif call.method == "initialize":
                self._initialise(call)
            else:
                self._enqueue(call)
        except RpcError as error:
            self.send(failure(call.id, error))

    def _initialise(self, call: Call) -> None:
        jobs, protocol = call.params.get("jobs"), call.params.get("protocol")
        if protocol != PROTOCOL or not isinstance(jobs, str):
            raise RpcError(
                INVALID_PARAMS,
                f"This engine speaks protocol {PROTOCOL}, not {protocol}; update the engine.",
                {"protocol": PROTOCOL},
            )
        self._jobs = Path(jobs)
        sweep(self._jobs)
        self._start(
            Job(call, lambda params, context: {"protocol": PROTOCOL, **facts(params, context)})
        )

    def _enqueue(self, call: Call) -> None:
        if self._jobs is None:
            raise RpcError(NOT_INITIALISED, "The first request has to be initialize.")
        if call.method not in METHODS:
            known = ", ".join(METHODS)
            raise RpcError(METHOD_NOT_FOUND, f"There is no method {call.method}; known: {known}.")
        self._start(Job(call, METHODS[call.method]))

    def _start(self, job: Job) -> None:
        assert job.call.id is not None
        if job.call.id in self._pending:
            raise RpcError(INVALID_REQUEST, f"The id {job.call.id} is in use by another request.")
        self._pending[job.call.id] = job
        self._queue.put(job)

    def _cancel(self, call: Call) -> None:
        id_ = call.params.get("id")
        job = self._pending.get(id_) if isinstance(id_, int | str) else None
        if job is not None:
            job.cancelled.set()
        self._answer(call, None)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            assert self._jobs is not None
            assert job.call.id is not None
            if job.cancelled.is_set():
                error = RpcError(CANCELLED, "Cancelled before it began.")
                self._end(job.call.id, failure(job.call.id, error))
            else:
                carry_out(job, self._jobs, self.send, partial(self._end, job.call.id))

    def _end(self, id_: int | str, answer: bytes) -> None:
        # whoever has the answer may use the id again
        self._pending.pop(id_, None)
        self.send(answer)

    def _answer(self, call: Call, result: Any) -> None:
        if call.id is not None:
            self.send(response(call.id, result))


def serve() -> None:
    """Serve on this process's stdio, and end the process: a job that hangs must not keep it."""
    # The terminal that QGIS was started from sends Ctrl-C to all; the end of stdin is our signal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Server(claim_stdio()).serve()
    sys.stderr.flush()
    os._exit(0)
