# SPDX-License-Identifier: GPL-3.0-or-later
"""One request on its way through a job: its context, its folder, and the answer in the end."""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weft.errors import Cancelled, WeftError, within_reach
from weft.progress import Context, Progress
from weft.server.folder import logging_to, make_folder, write_json
from weft.server.methods import Method
from weft.server.params import to_json
from weft.server.rpc import (
    CANCELLED,
    INTERNAL_ERROR,
    MISTAKE,
    Call,
    RpcError,
    failure,
    notification,
    response,
)

SHORTEST_PAUSE_S = 0.1

Send = Callable[[bytes], None]


@dataclass(frozen=True)
class Job:
    """A request that waits or runs; `cancelled` is set from any thread."""

    call: Call
    method: Method
    cancelled: threading.Event = field(default_factory=threading.Event)


class Reporter:
    """Progress as `$/progress`, at most ten a second, but each new stage at once."""

    def __init__(self, call: Call, send: Send) -> None:
        self._call, self._send = call, send
        self._stage, self._last = "", 0.0

    def progress(self, progress: Progress) -> None:
        """Tell it, unless the same stage was told of just before."""
        now = time.monotonic()
        ended = progress.done >= progress.total
        if progress.text == self._stage and not ended and now - self._last < SHORTEST_PAUSE_S:
            return
        self._stage, self._last = progress.text, now
        self._tell(
            done=progress.done, total=progress.total, text=progress.text, figures=progress.figures
        )

    def note(self, message: str) -> None:
        """A remark on the way."""
        self._tell(note=message)

    def partial(self, result: object) -> None:
        """Something that is there already."""
        self._tell(partial=to_json(result))

    def _tell(self, **value: Any) -> None:
        self._send(notification("$/progress", {"id": self._call.id, **value}))


def carry_out(job: Job, jobs: Path, send: Send, answer: Send) -> None:
    """Run the job and answer its request, whatever happens."""
    try:
        answer(response(job.call.id, run(job, jobs, send)))
    except RpcError as error:
        answer(failure(job.call.id, error))
    # only now nothing of the job is alive, and other programs need the GPU until the next
    if "weft.device" in sys.modules:  # PyTorch takes seconds to load
        from weft.device import release_gpu

        release_gpu()


def run(job: Job, jobs: Path, send: Send) -> Any:
    """The result as JSON values; RpcError when there is none."""
    try:
        folder = make_folder(jobs, job.call.method, job.call.params)
    except WeftError as mistake:
        raise as_rpc(mistake) from mistake
    except Exception as bug:  # as below, but there is no folder for a log yet
        raise as_bug(bug) from bug
    with logging_to(folder) as log:
        try:
            context = context_of(job, folder, log, send)
            context.check_cancelled()
            # loading PyTorch may take seconds
            context.progress(0, 1, "Starting")
            with within_reach():
                result = job.method(job.call.params, context)
        except (WeftError, Cancelled) as ending:
            log.info("%s", ending or "cancelled")
            raise as_rpc(ending, folder) from ending
        except RpcError:
            raise
        except Exception as bug:  # a thread's end: the traceback goes to the log and to the client
            log.exception("This is a bug")
            raise as_bug(bug, folder) from bug
        try:
            write_json(folder / "result.json", result)
        except OSError:  # a copy for bug reports: without it the job is done all the same
            log.warning("result.json could not be written", exc_info=True)
    return result


def context_of(job: Job, folder: Path, log: logging.Logger, send: Send) -> Context:
    """The context in which the job's function runs."""
    reporter = Reporter(job.call, send)

    def note(message: str) -> None:
        log.info("%s", message)
        reporter.note(message)

    return Context(folder, reporter.progress, note, job.cancelled.is_set, reporter.partial)


def as_rpc(ending: WeftError | Cancelled, folder: Path | None = None) -> RpcError:
    """What the client hears of a mistake or a cancel."""
    data = where(folder)
    if isinstance(ending, Cancelled):
        return RpcError(CANCELLED, "Cancelled; what was finished before is kept.", data)
    return RpcError(MISTAKE, str(ending), {"kind": type(ending).__name__, **data})


def as_bug(bug: Exception, folder: Path | None = None) -> RpcError:
    """What the client hears of a bug."""
    traceback.print_exc()
    message = f"The engine met a bug: {type(bug).__name__}: {bug}"
    return RpcError(INTERNAL_ERROR, message, where(folder))


def where(folder: Path | None) -> dict[str, str]:
    """Where the log is, if there is one."""
    return {"folder": str(folder)} if folder else {}
