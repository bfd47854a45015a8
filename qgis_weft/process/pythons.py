# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a Python that can carry the engine may be, on each system; found is not yet tried."""

import shutil
from pathlib import Path

from .environment import BEYOND_PYTHON, LEAST_PYTHON

MINORS = range(BEYOND_PYTHON[1] - 1, LEAST_PYTHON[1] - 1, -1)
# Never sys.executable: inside QGIS that is QGIS itself.
PROBE = (
    "import platform, sys; print('weft', *sys.version_info[:2], sys.platform, platform.machine())"
)
# Debian has venv without what it needs.
PROBE_VENV = "; import venv, ensurepip"


def candidates(system, own, home, which=shutil.which):
    """Interpreters that exist, the newest version first, without repetition."""
    folders = []
    if system == "win32":
        programs = [own.get("LOCALAPPDATA"), own.get("ProgramFiles")]
        for base in filter(None, programs):
            # where Python's install manager puts them
            folders += [Path(base) / "Python" / f"pythoncore-3.{minor}-64" for minor in MINORS]
            folders += [Path(base) / "Programs" / "Python" / f"Python3{minor}" for minor in MINORS]
            folders += [Path(base) / f"Python3{minor}" for minor in MINORS]
        found = [folder / "python.exe" for folder in folders]
    elif system == "darwin":
        places = ("/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin")
        found = [Path(place) / f"python3.{minor}" for minor in MINORS for place in places]
        frameworks = Path("/Library/Frameworks/Python.framework/Versions")
        found += [frameworks / f"3.{minor}" / "bin" / f"python3.{minor}" for minor in MINORS]
    else:
        found = [Path("/usr/bin") / f"python3.{minor}" for minor in MINORS]
    found = [path for path in found if path.exists()]
    names = [f"python3.{minor}" for minor in MINORS] + ["python3", "python"]
    found += [Path(path) for path in map(which, names) if path and not _is_stub(path)]
    shim = Path(home) / ".pyenv" / "shims" / "python3"
    found += [shim] if shim.exists() else []
    return list(dict.fromkeys(found))


def is_suitable(output):
    """Whether what PROBE printed is a version that the engine runs on."""
    for line in output.splitlines():
        words = line.split()
        if len(words) == 5 and words[0] == "weft":
            return LEAST_PYTHON <= (int(words[1]), int(words[2])) < BEYOND_PYTHON
    return False


def is_of_intel_mac(output):
    """Whether PROBE ran as on an Intel Mac, as under Rosetta; there are no wheels for that."""
    return "darwin x86_64" in output


def _is_stub(path):
    """Windows puts a python.exe on the path that only opens its shop."""
    return "WindowsApps" in str(path)
