# SPDX-License-Identifier: GPL-3.0-or-later
"""One engine for one caller who waits, in any thread, while events of that thread go on."""

from contextlib import contextmanager

from qgis.PyQt.QtCore import QEventLoop, QTimer

from .client import EngineClient

LOOK_MS = 200  # how often somebody who may have cancelled is asked


class Refused(Exception):
    """A request came to nothing; `failure` tells why."""

    def __init__(self, failure):
        super().__init__(failure.message)
        self.failure = failure


@contextmanager
def own_engine(command, jobs):
    """A client whose engine ends with the block; arguments as of EngineClient."""
    client = EngineClient(command, jobs)
    try:
        yield client
    finally:
        client.stop()


def ask(client, method, params, listener):
    """The result of a request, or Refused.

    `listener` has `progressed(Progress)`, `noted(str)` and `cancelled()`, which tells whether the
    user wants no more; the engine is ended then, if it does not listen itself.
    """
    # first, as a process in a thread without events tells nothing
    loop, answers, refusals, watch = QEventLoop(), [], [], QTimer()
    call = client.request(method, params)

    def look():
        if listener.cancelled():
            watch.stop()
            call.stop_now()

    def end(kept, answer):
        kept.append(answer)
        watch.stop()
        loop.quit()

    call.progressed.connect(listener.progressed)
    call.noted.connect(listener.noted)
    call.succeeded.connect(lambda result: end(answers, result))
    call.failed.connect(lambda failure: end(refusals, failure))
    watch.timeout.connect(look)
    watch.start(LOOK_MS)
    loop.exec()
    if refusals:
        raise Refused(refusals[0])
    return answers[0]
