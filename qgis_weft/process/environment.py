# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the engine's own Python lives, whether it is complete, and how it is called."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from ..paths import BACKEND, LOCK
from ..translate import tr
from .clean_env import child_environment

MARKER = "weft-ready.json"
LEAST_PYTHON, BEYOND_PYTHON = (3, 11), (3, 15)


@dataclass(frozen=True)
class Environment:
    """A folder with a Python and the engine's packages; `ready` once `weft info` succeeded."""

    folder: Path

    @property
    def python(self):
        """Its interpreter, which need not be there yet."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def cache(self):
        """What uv downloads, until the environment is ready: on the same drive, as uv links it."""
        return self.folder.parent / "uv-cache"

    @property
    def ready(self):
        """Whether it was finished and verified."""
        return (self.folder / MARKER).exists() and self.python.exists()

    def mark_ready(self, facts):
        """Remember that it works, and what it told of itself."""
        text = json.dumps(facts, indent=1)
        (self.folder / MARKER).write_text(text, encoding="utf-8")


def data_folder(system=None, own=None, home=None):
    """The folder for environments, outside profile and plugin, as each system wants it.

    Short on Windows, where paths of more than 260 characters fail.
    """
    system, own = system or sys.platform, os.environ if own is None else own
    home = Path(home or Path.home())
    if system == "win32":
        return Path(own.get("LOCALAPPDATA") or home / "AppData" / "Local") / "weft"
    if system == "darwin":
        return home / "Library" / "Application Support" / "weft"
    return Path(own.get("XDG_DATA_HOME") or home / ".local" / "share") / "weft"


def environment_in(folder, lock=LOCK):
    """The environment that belongs to the lock file, by its hash: a new lock makes a new one."""
    digest = hashlib.sha256(Path(lock).read_bytes()).hexdigest()[:10]
    return Environment(Path(folder) / f"env-{digest}")


def engine_python(chosen, folder):
    """The interpreter to run the engine with; LookupError, in a sentence, when there is none."""
    if chosen:
        if not Path(chosen).exists():
            raise LookupError(
                tr("The Python set in the options, {}, does not exist; choose another.").format(
                    chosen
                )
            )
        return Path(chosen)
    environment = environment_in(folder)
    if not environment.ready:
        raise LookupError(
            tr('The engine is not set up yet; press "Set up engine…" in the WEFT panel.')
        )
    return environment.python


def engine_command(python, *arguments):
    """(program, arguments, environment) that run the engine of this plugin by `python`."""
    return python, ["-m", "weft", *arguments], child_environment(os.environ, BACKEND)
