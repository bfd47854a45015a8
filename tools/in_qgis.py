# SPDX-License-Identifier: GPL-3.0-or-later
"""Play the whole story in a real QGIS, with the plugin from the zip, and leave pictures of it.

    python tools/in_qgis.py FOLDER [--budget SECONDS]

With a display QGIS opens there; without one it runs under Xvfb. Standard library only.
"""

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from package import package

ROOT = Path(__file__).resolve().parent.parent
STORY = ROOT / "tests" / "e2e" / "story.py"
SCREEN = "1366x768x24"


def run_story(engine: Path, folder: Path, budget_s: int = 45, locale: str = "en_US") -> int:
    """The exit status of QGIS; results, pictures and story-log.txt are left in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(engine), "-m", "weft", "sample", str(folder)], check=True)  # noqa: S603
    profiles = make_profile(folder, engine, locale)
    command = ["qgis", "--profiles-path", str(profiles), "--nologo", "--noversioncheck"]
    command += ["--code", str(STORY)]
    own = os.environ | {
        "WEFT_STORY_FOLDER": str(folder.resolve()),
        "WEFT_STORY_BUDGET": str(budget_s),
        "XDG_DATA_HOME": str((folder / "data").resolve()),
        "PYTHONPATH": str(STORY.parent),
    }
    if not os.environ.get("DISPLAY"):
        command = ["xvfb-run", "-a", "-s", f"-screen 0 {SCREEN}", *command]
        own["QT_QPA_PLATFORM"] = "xcb"  # QGIS's window needs a clipboard, which offscreen has not
    return subprocess.run(command, env=own, check=False).returncode  # noqa: S603


def make_profile(folder: Path, engine: Path, locale: str = "en_US") -> Path:
    """Where QGIS finds a fresh profile that has the plugin from the zip, switched on."""
    profiles = folder / "profiles"
    shutil.rmtree(profiles, ignore_errors=True)
    default = profiles / "profiles" / "default"
    with zipfile.ZipFile(package(folder / "qgis_weft.zip")) as archive:
        archive.extractall(default / "python" / "plugins")
    settings(default / "QGIS" / "QGIS3.ini", engine, locale)
    return profiles


def settings(path: Path, engine: Path, locale: str) -> None:
    """A profile in which the plugin is switched on and knows its engine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "[PythonPlugins]\nqgis_weft=true\n"
        f"[weft]\nengine\\python={engine.absolute()}\n"
        f"[locale]\noverrideFlag=true\nuserLocale={locale}\n"
        "[qgis]\ncheckVersion=false\n",
        encoding="utf-8",
    )


def main() -> None:
    """Read where to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", type=int, default=45)
    parser.add_argument("--locale", default="en_US")
    options = parser.parse_args()
    engine = ROOT / ".venv" / "bin" / "python"
    status = run_story(engine, options.folder, options.budget, options.locale)
    print((options.folder / "story-log.txt").read_text(encoding="utf-8"))
    sys.exit(status)


if __name__ == "__main__":
    main()
