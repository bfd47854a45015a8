# SPDX-License-Identifier: GPL-3.0-or-later
"""Choices written as a text, `name:option=value,option=value`, as commands and model files do."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from weft.errors import RequestError

Options = TypeVar("Options")


def split_choice(text: str) -> tuple[str, dict[str, str]]:
    """The name and the options of a choice, as texts.

    RequestError when an option has no value, or two.
    """
    name, _, rest = text.partition(":")
    pairs = [part.partition("=") for part in rest.split(",") if part]
    for key, equals, value in pairs:
        if not (key and equals and value):
            raise RequestError(f"{text!r} is no choice; write {name}:option=value,option=value.")
    options = {key: value for key, _, value in pairs}
    twice = [key for key, count in Counter(key for key, _, _ in pairs).items() if count > 1]
    if twice:
        raise RequestError(f"{text!r} has the option {twice[0]} twice; give it once.")
    return name, options


def fill_options(kind: type[Options], given: dict[str, str], name: str) -> Options:
    """The dataclass `kind` with the given values; RequestError for what it does not have or allow.

    Its `__post_init__` raises ValueError, with a sentence that says what is allowed.
    """
    fields = {each.name: each for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(given.keys() - fields.keys())
    if unknown:
        has = f"its options are {', '.join(fields)}" if fields else "it has none"
        raise RequestError(f"{name} has no option {unknown[0]!r}; {has}.")
    values: dict[str, Any] = {}
    for key, text in given.items():
        try:
            values[key] = READERS[type(fields[key].default)](text)
        except ValueError as reason:
            raise RequestError(
                f"{name}: the option {key} cannot be {text!r}; its default is "
                f"{_write(fields[key].default)}."
            ) from reason
    try:
        return kind(**values)
    except ValueError as reason:
        raise RequestError(f"{name}: {reason}") from reason


def options_in_words(kind: type) -> str:
    """Every option with its default, as a choice is written."""
    fields = dataclasses.fields(kind)
    if not fields:
        return "no options"
    return ",".join(f"{each.name}={_write(each.default)}" for each in fields)


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "+".join(map(str, value)) or "none" if isinstance(value, tuple) else f"{value}"


def _read_bool(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(text)
    return text == "yes"


def _read_numbers(text: str) -> tuple[int, ...]:
    return () if text == "none" else tuple(int(part) for part in text.split("+"))


READERS: dict[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    str: str,
    bool: _read_bool,
    tuple: _read_numbers,
}
