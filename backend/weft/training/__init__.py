# SPDX-License-Identifier: GPL-3.0-or-later
"""From labelled places to a trained adapter."""
