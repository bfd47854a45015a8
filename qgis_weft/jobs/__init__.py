# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do: each file is one job, from the state to the layer, without widgets."""
