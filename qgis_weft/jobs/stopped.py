# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that were stopped: the engine keeps their rows, and goes on in the same folder.

Nothing of QGIS here.
"""

import hashlib
import json
import shutil

ROWS, OWNER = ".*_weft", "owner.json"  # names of the engine's, the second while it is at it


def mark_of(asked):
    """Eight digits that end the name of the folder of a run: the same for the same request."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]


def where_stopped(asked, results):
    """The folder where the same was stopped, or None; rows of other runs are given up."""
    stopped = {rows.parent for rows in results.glob(f"run-*/{ROWS}")}
    same = {folder for folder in stopped if folder.name.endswith(f"-{mark_of(asked)}")}
    for folder in stopped - same:
        _give_up(folder)
    return max(same, default=None)


def _give_up(folder):
    for rows in folder.glob(ROWS):
        # another window may be at it
        if not (rows / OWNER).exists():
            shutil.rmtree(rows, ignore_errors=True)
