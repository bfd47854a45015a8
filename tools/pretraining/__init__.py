# SPDX-License-Identifier: GPL-3.0-or-later
"""Pretraining of the backbones that ship."""
