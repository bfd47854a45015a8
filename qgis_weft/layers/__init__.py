# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of the project: images, labels and areas, snapshots for jobs, results and their styles."""
