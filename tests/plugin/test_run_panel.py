# SPDX-License-Identifier: GPL-3.0-or-later
"""What an estimate says before a run."""

from qgis_weft.gui.run_panel import plan_in_words

PLAN = {
    "megapixels": 64.0,
    "tiles": 324,
    "tiles_left": 324,
    "seconds": 71.2,
    "memory_bytes": 1_320_000_000,
    "disk_bytes": 384_000_000,
    "device": "torch on CPU, 2 threads",
}


def test_a_whole_run_has_all_its_tiles():
    assert plan_in_words(PLAN).startswith("64.0 megapixels, 324 tiles, about 71 s on ")


def test_a_stopped_run_has_what_is_left():
    words = plan_in_words({**PLAN, "tiles_left": 24, "seconds": 5.2})
    assert words.startswith("64.0 megapixels, still 24 of 324 tiles, about 5 s on ")
