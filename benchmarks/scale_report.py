# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of scale.py."""

import statistics
from collections.abc import Sequence

from scale_records import PIXEL_ROWS, ScaleRecord
from tables import figure, table


def report(records: Sequence[ScaleRecord]) -> str:
    """All that is there, a section a part."""
    done = [each for each in records if each.seconds is not None]
    if not done:
        return "Nothing has been measured yet."
    days = sorted({each.date for each in done})
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    settings = done[-1].settings
    head = (
        "Embedded backbone, adapter `weft`, trained for some seconds on the sample scene; images "
        "are that scene, mirrored to size. Every figure but that of right angles is of a whole "
        f"command, its start included.\n\nMachine: {settings.machine}; {settings.device}. "
        f"Measured {when}, code `{settings.code}`."
    )
    sections = [describe([each for each in done if each.part == part]) for part, describe in PARTS]
    return "\n\n".join([head, *filter(None, sections)])


def describe_speed(done: Sequence[ScaleRecord]) -> str:
    """Predict beside the engine alone."""
    done = of_last_side(done)
    seconds = {
        what: statistics.median(each.seconds or 0 for each in done if each.what == what)
        for what in dict.fromkeys(each.what for each in done)
    }
    if len(seconds) < 2:
        return ""
    megapixels = done[0].side ** 2 / 1e6
    rows = [[what, figure(s, 0), figure(megapixels / s, 3)] for what, s in seconds.items()]
    share = seconds["engine alone"] / seconds["predict"]
    turns = 1 + max(each.round for each in done)
    rounds = "one round" if turns == 1 else f"{turns} rounds"
    return (
        f"## Speed\n\nAn image of {done[0].side} x {done[0].side} pixels, {rounds}. "
        "*Engine alone* loads the same model and predicts as many of the image's tiles "
        "from memory. Of both commands one runs at a time, by turns of half a "
        f"second.\n\n{table(['', 'median, s', 'MP/s'], rows)}\n\n"
        f"**Predict runs at {100 * share:.0f} % of the engine's speed.**"
    )


def describe_plain(done: Sequence[ScaleRecord]) -> str:
    """Beside the script that an analyst would write."""
    done = of_last_side(done)
    if not done:
        return ""
    rows = [[each.what, figure(each.seconds, 0), figure(each.peak_mib)] for each in done]
    return (
        f"## Beside a plain script\n\nAn image of {done[0].side} x {done[0].side} pixels. The "
        "script (`plain.py`) reads windows, runs the exported model in onnxruntime, sums in arrays "
        "as large as the image, and writes bare outlines; `predict` keeps probabilities and "
        "classes with overviews, and `vectorise` adds all fields.\n\n"
        f"{table(['', 's', 'peak memory, MiB'], rows)}"
    )


def of_last_side(done: Sequence[ScaleRecord]) -> list[ScaleRecord]:
    """Those on images as large as the last one: seconds on others cannot be compared."""
    return [each for each in done if each.side == done[-1].side]


def describe_memory(done: Sequence[ScaleRecord]) -> str:
    """Peaks by side."""
    if not done:
        return ""
    sides = sorted({each.side for each in done})
    peaks = {(each.side, each.what): each.peak_mib for each in done}
    kinds = ("predict", "vectorise")
    rows = [
        [f"{side} x {side}", *(figure(peaks.get((side, kind))) for kind in kinds)] for side in sides
    ]
    columns = ["image", *(f"`{kind}`, peak memory, MiB" for kind in kinds)]
    return (
        f"## Memory\n\nImages of which the first {PIXEL_ROWS} rows hold pixels and the rest is "
        "nodata: a row is as long as in a full image, and from 8192 on they hold more than GDAL's "
        f"cache keeps.\n\n{table(columns, rows)}"
    )


def describe_angles(done: Sequence[ScaleRecord]) -> str:
    """Polygons a second."""
    rates = [each.count / each.seconds for each in done if each.count and each.seconds]
    if not rates:
        return ""
    return (
        f"## Right angles\n\n{done[0].count} buildings of a clean mask, one thread: "
        f"**{statistics.median(rates):.0f} a second** (median of {len(rates)})."
    )


PARTS = (
    ("speed", describe_speed),
    ("plain", describe_plain),
    ("memory", describe_memory),
    ("angles", describe_angles),
)
