# SPDX-License-Identifier: GPL-3.0-or-later
"""Widgets: they show the state and pass on what the user does, and decide nothing."""
