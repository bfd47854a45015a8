# SPDX-License-Identifier: GPL-3.0-or-later
"""Each job's own folder: request, log, checkpoint and result, for the user and for bug reports."""

import json
import logging
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from weft.errors import OutputError

NAME = re.compile(r"\d{8}-\d{6}-[A-Za-z]+-[0-9a-f]{4}")
KEPT_DAYS = 14


def make_folder(jobs: Path, method: str, params: dict[str, Any]) -> Path:
    """A new folder `jobs`/date-time-method-xxxx with `request.json` in it."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = jobs / f"{stamp}-{method}-{secrets.token_hex(2)}"
    try:
        folder.mkdir(parents=True)
        write_json(folder / "request.json", {"method": method, "params": params})
    except OSError as reason:
        raise OutputError(
            f"The folder for jobs, {jobs}, cannot be written to ({reason.strerror}); free some "
            "space, and check whether you may write there."
        ) from reason
    return folder


def write_json(path: Path, value: Any) -> None:
    """Readable JSON in UTF-8; names of files may have letters that it does not know."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


@contextmanager
def logging_to(folder: Path) -> Iterator[logging.Logger]:
    """A logger that writes `log.txt` of the folder, and what libraries log while it is open."""
    handler = logging.FileHandler(folder / "log.txt", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        logger = logging.getLogger("weft.job")
        logger.setLevel(logging.INFO)
        yield logger
    finally:
        root.removeHandler(handler)
        handler.close()


def sweep(jobs: Path, now: float | None = None) -> None:
    """Remove the folders of jobs that nothing was written to for KEPT_DAYS."""
    limit = (time.time() if now is None else now) - KEPT_DAYS * 86400
    # another engine may be sweeping, and of a folder that cannot be used the first job tells
    with suppress(OSError):
        for folder in jobs.iterdir() if jobs.is_dir() else ():
            if NAME.fullmatch(folder.name) and folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)
