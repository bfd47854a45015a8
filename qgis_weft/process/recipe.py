# SPDX-License-Identifier: GPL-3.0-or-later
"""How the engine's environment is built, as a story of commands; it runs none of them itself.

Each function yields Commands and is sent their Outcomes, so that it can be run by QProcess in QGIS
and step by step in a test.
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..quantities import size
from ..translate import tr
from .failures import classify, in_words
from .pythons import PROBE, PROBE_VENV, is_of_intel_mac, is_suitable

NEEDED_BYTES = 8e9  # as sizes are told
# what cannot be removed does no harm
REMOVE = "import shutil, sys; shutil.rmtree(sys.argv[1], ignore_errors=True)"


@dataclass(frozen=True)
class Command:
    """A program to run, and what the user reads meanwhile."""

    text: str
    program: str
    arguments: tuple


@dataclass(frozen=True)
class Outcome:
    """Exit code and everything it printed."""

    code: int
    output: str


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Kitchen:
    """What the recipe works with."""

    environment: object
    lock: Path
    pythons: tuple
    uv: str = ""


def build(kitchen):
    """Make or complete the environment and verify it; returns what `weft info` told.

    Whatever is there and works is kept, so that a second try goes on where the first one stopped.
    """
    environment = kitchen.environment
    if not (yield from can_go_on(environment, kitchen.uv)):
        check_space(environment.folder)
        python = yield from find_python(kitchen.pythons, kitchen.uv)
        yield from make_environment(environment, python, kitchen.uv)
    uv = kitchen.uv or (yield from install_uv(environment, kitchen.lock))
    yield from must(
        tr("Installing the engine's packages (about 6 GB)"),
        uv,
        *("pip", "sync", "--python", environment.python),
        # a missing wheel is told, and not what a compiler lacks
        *("--require-hashes", "--only-binary", ":all:", kitchen.lock),
    )
    told = yield from must(
        tr("Trying the engine"), environment.python, "-m", "weft", "info", "--json"
    )
    facts = read_facts(told.output)
    # not in QGIS itself, as it takes seconds
    yield from must(
        tr("Removing the downloads"), environment.python, "-c", REMOVE, environment.cache
    )
    environment.mark_ready(facts)
    return facts


def can_go_on(environment, uv):
    """Whether the environment is there and runs, with a pip of its own where there is no uv."""
    if not environment.python.exists():
        return False
    needed = "sys" if uv else "pip"
    outcome = yield Command(
        tr("Looking for a Python"), str(environment.python), ("-c", f"import {needed}")
    )
    return outcome.code == 0


def check_space(folder, usage=shutil.disk_usage):
    """SetupError unless there is room where `folder` will be."""
    place = next(each for each in (folder, *folder.parents) if each.exists())
    free = usage(place).free
    if free < NEEDED_BYTES:
        raise SetupError(
            tr(
                "Only {} are free at {}, and the engine needs about 8 GB; free "
                "some space, or choose another folder in the options."
            ).format(size(free), place)
        )


def find_python(pythons, uv):
    """The first of `pythons` of a suitable version that can make environments, if uv does not."""
    wrong = ""
    for python in pythons:
        outcome = yield Command(
            tr("Looking for a Python"), str(python), ("-c", PROBE if uv else PROBE + PROBE_VENV)
        )
        if is_suitable(outcome.output):
            if is_of_intel_mac(outcome.output):
                wrong = wrong or "intel"
            elif outcome.code == 0:
                return python
            else:
                wrong = "venv"
    if wrong:
        raise SetupError(in_words(wrong))
    raise SetupError(
        tr(
            "No Python 3.11 to 3.14 was found; install one from python.org (on Windows no "
            "administrator is needed), on Linux by the package manager, or choose one in the "
            "options."
        )
    )


def make_environment(environment, python, uv):
    """An environment in its folder, by uv where there is one, else by Python's own venv."""
    environment.folder.parent.mkdir(parents=True, exist_ok=True)
    text = tr("Making the environment")
    if uv:
        yield from must(
            text, uv, "venv", "--allow-existing", "--python", python, environment.folder
        )
    else:
        # without --clear it keeps links to a Python that is gone
        yield from must(text, python, "-m", "venv", "--clear", environment.folder)


def install_uv(environment, lock):
    """uv into the environment itself, by pip and by the hashes of the lock; its program."""
    pinned = environment.folder / "uv.lock"
    pinned.write_text(lines_of("uv", Path(lock).read_text(encoding="utf-8")), encoding="utf-8")
    yield from must(
        tr("Fetching the installer"),
        environment.python,
        *("-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", pinned),
    )
    # not by -m: on Windows that is a child of Python's, and goes on when Python is ended
    return environment.python.with_name("uv" + environment.python.suffix)


def must(text, program, *arguments):
    """A command that has to succeed; SetupError in plain words when it does not."""
    outcome = yield Command(text, str(program), tuple(map(str, arguments)))
    if outcome.code != 0:
        raise SetupError(in_words(classify(outcome.output)))
    return outcome


def lines_of(package, lock):
    """The requirement of one package, with its hashes, from the text of a lock file."""
    found = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*", lock, re.MULTILINE)
    if found is None:
        raise SetupError(tr("The lock file of this WEFT is damaged; install the plugin again."))
    return found.group(0) + "\n"


def read_facts(output):
    """The JSON that `weft info --json` printed, after whatever came before it."""
    try:
        start = output.index("{")
        return json.loads(output[start:])
    except ValueError:
        raise SetupError(in_words("other")) from None
