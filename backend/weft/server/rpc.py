# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON-RPC 2.0 messages, one UTF-8 line each (https://www.jsonrpc.org/specification)."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
# These two are LSP's.
NOT_INITIALISED = -32002
CANCELLED = -32800
# Ours: the user can mend it; `data.kind` is the name of the error's class.
MISTAKE = -32010

Id = int | str


class RpcError(Exception):
    """What answers a request that came to nothing."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


@dataclass(frozen=True)
class Call:
    """A request, or a notification where `id` is None."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    id: Id | None = None


def parse(line: bytes) -> Call:
    """The call in a line; RpcError for anything else."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as reason:
        raise RpcError(PARSE_ERROR, f"This line is no JSON: {reason}") from reason
    if not isinstance(raw, dict) or raw.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'A message is an object with "jsonrpc": "2.0".')
    method, params, id_ = raw.get("method"), raw.get("params", {}), raw.get("id")
    if not isinstance(method, str) or not isinstance(params, dict):
        raise RpcError(INVALID_REQUEST, "A call has a method, and params that are an object.")
    if isinstance(id_, bool) or not isinstance(id_, int | str | None):
        raise RpcError(INVALID_REQUEST, "An id is a number or a text.")
    return Call(method, params, id_)


def response(id_: Id | None, result: Any) -> bytes:
    """The answer to a request that succeeded."""
    return _line({"id": id_, "result": result})


def failure(id_: Id | None, error: RpcError) -> bytes:
    """The answer to a request that failed; without an id where it could not be read."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        body["data"] = error.data
    return _line({"id": id_, "error": body})


def notification(method: str, params: dict[str, Any]) -> bytes:
    """A message that wants no answer."""
    return _line({"method": method, "params": params})


def _line(body: dict[str, Any]) -> bytes:
    text = json.dumps({"jsonrpc": "2.0"} | _finite(body), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", errors="replace") + b"\n"


def _finite(value: Any) -> Any:
    """JSON knows no NaN and no infinity: null stands for both."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
