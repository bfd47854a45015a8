# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's jobs in the Processing toolbox: for batches, models and `qgis_process`."""
