# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and areas: read from any vector file, placed on a raster, burnt onto its grid."""
