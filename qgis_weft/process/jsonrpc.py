# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON-RPC 2.0 messages, one UTF-8 line each, as docs/PROTOCOL.md tells; nothing of Qt here."""

import json
from dataclasses import dataclass, field
from typing import Any, Optional

CANCELLED = -32800
MISTAKE = -32010


@dataclass(frozen=True)
class Failure:
    """Why a request came to nothing. `code` None: the engine itself was lost or never started."""

    message: str
    code: Optional[int] = None
    data: dict = field(default_factory=dict)
    details: str = ""

    @property
    def cancelled(self):
        """Whether the user wanted it so."""
        return self.code == CANCELLED

    @property
    def mistake(self):
        """Whether the user can mend it."""
        return self.code == MISTAKE


@dataclass(frozen=True)
class Answer:
    """The end of the request `id`: a result, or a failure."""

    id: Any
    result: Any = None
    failure: Optional[Failure] = None


@dataclass(frozen=True)
class Progress:
    """`done` of `total` of the stage `text`, or alone a `note`, or a `partial` result."""

    id: Any
    done: float = 0.0
    total: float = 0.0
    text: str = ""
    figures: dict = field(default_factory=dict)
    note: str = ""
    partial: Any = None

    @property
    def share(self):
        """How much of the stage is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


def request(id_, method, params):
    """The line of a request."""
    return _line({"id": id_, "method": method, "params": params})


def notification(method, params):
    """The line of a message that wants no answer."""
    return _line({"method": method, "params": params})


def read_message(line):
    """Answer or Progress from a line of the engine; None for what is neither."""
    try:
        raw = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    params, error = raw.get("params"), raw.get("error")
    if raw.get("method") == "$/progress" and isinstance(params, dict):
        return _progress(params)
    if isinstance(error, dict):
        failure = Failure(str(error.get("message")), error.get("code"), error.get("data") or {})
        return Answer(raw.get("id"), failure=failure)
    if "result" in raw:
        return Answer(raw.get("id"), raw["result"])
    return None


class LineBuffer:
    """Bytes in as they come, whole lines out."""

    def __init__(self):
        self._rest = bytearray()

    def feed(self, chunk):
        """The lines that `chunk` completes."""
        self._rest += chunk
        if b"\n" not in chunk:
            return []
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        return [bytes(line) for line in lines if line.strip()]


def _progress(params):
    keys = ("done", "total", "text", "figures", "note", "partial")
    known = {key: params[key] for key in keys if key in params}
    return Progress(params.get("id"), **known)


def _line(body):
    return json.dumps({"jsonrpc": "2.0", **body}).encode("utf-8") + b"\n"
