# SPDX-License-Identifier: GPL-3.0-or-later
"""From class rasters to clean polygons, and from polygons to files and scores."""
