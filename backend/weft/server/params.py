# SPDX-License-Identifier: GPL-3.0-or-later
"""Between JSON and the requests and results of jobs, which share their field names with it."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from weft.server.rpc import INVALID_PARAMS, RpcError

Request = TypeVar("Request")


def read_params(params: dict[str, Any], kind: type[Request]) -> Request:
    """The request dataclass `kind` from params; RpcError for what is missing, surplus or wrong."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    surplus = sorted(params.keys() - known)
    if surplus:
        raise RpcError(
            INVALID_PARAMS,
            f"There is no parameter {surplus[0]}; known: {', '.join(sorted(known))}.",
        )
    try:
        return msgspec.convert(params, kind, dec_hook=_decode)
    except msgspec.ValidationError as reason:
        raise RpcError(INVALID_PARAMS, str(reason)) from reason


def to_json(result: Any) -> Any:
    """A result dataclass as plain JSON values; paths become text."""
    return msgspec.to_builtins(result, enc_hook=_encode)


def _decode(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise msgspec.ValidationError(f"Expected a path as text, got {value!r}")


def _encode(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value)} has no form in JSON")
