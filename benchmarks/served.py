# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as QGIS has it: a resident process that is asked by lines of JSON."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import Any, Self

PATIENCE_S = 600.0


class Refused(Exception):
    """The engine answered with an error, or not at all."""


class Served:
    """`weft serve`, from the start of its process to its end."""

    def __init__(self) -> None:
        self.jobs = tempfile.TemporaryDirectory(prefix="weft-jobs-")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "weft", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.heard: Queue[dict[str, Any]] = Queue()
        self.last = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        self.ask("initialize", {"protocol": 1, "jobs": self.jobs.name})
        return self

    def __exit__(self, *reason: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.jobs.cleanup()

    def ask(self, method: str, params: dict[str, Any]) -> int:
        """Send a request; its number."""
        self.last += 1
        self._say({"id": self.last, "method": method, "params": params})
        return self.last

    def cancel(self, number: int) -> None:
        """Ask to stop a request."""
        self._say({"method": "$/cancelRequest", "params": {"id": number}})

    def answer(
        self, number: int, on_partial: Callable[[dict[str, Any]], None] = lambda message: None
    ) -> Any:
        """The result of a request; `on_partial` hears of what is there before. Raises Refused."""
        while True:
            try:
                body = self.heard.get(timeout=PATIENCE_S)
            except Empty as silence:
                raise Refused("the engine is silent") from silence
            if "error" in body:
                raise Refused(body["error"]["message"])
            if "partial" in body.get("params", {}):
                on_partial(body)
            elif body.get("id") == number and "result" in body:
                return body["result"]

    def _say(self, body: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **body}) + "\n")
        self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.heard.put(json.loads(line))
