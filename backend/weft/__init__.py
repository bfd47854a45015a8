# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT: teach a frozen vision model your map. Importing this package imports no torch."""

__version__ = "0.1.0"
