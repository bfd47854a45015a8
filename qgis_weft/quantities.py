# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, sizes and durations as people say them."""

from qgis.PyQt.QtCore import QLocale

from .translate import tr


def number(value, digits):
    """With so many digits after the point, or the comma, of the user's language."""
    return QLocale().toString(float(value), "f", digits)


def size(count):
    """Bytes in kB, MB or GB, as the user's language writes them."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def duration(seconds):
    """Seconds in s, min or h."""
    if seconds < 90:
        return tr("{} s").format(max(1, round(seconds)))
    if seconds < 5400:
        return tr("{} min").format(round(seconds / 60))
    return tr("{} h").format(number(seconds / 3600, 1))
