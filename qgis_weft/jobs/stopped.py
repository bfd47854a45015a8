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
    """The folder where the same was stopped, or None."""
    same = (each for each in _stopped(results) if each.name.endswith(f"-{mark_of(asked)}"))
    return max(same, default=None)


def give_up_others(asked, results):
    """Remove the rows of other runs."""
    for folder in _stopped(results):
        if not folder.name.endswith(f"-{mark_of(asked)}"):
            _give_up(folder)


def _stopped(results):
    return {rows.parent for rows in results.glob(f"run-*/{ROWS}")}


def _give_up(folder):
    for rows in folder.glob(ROWS):
        # another window may be at it
        if not (rows / OWNER).exists():
            shutil.rmtree(rows, ignore_errors=True)
