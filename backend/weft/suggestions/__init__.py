# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to label next."""
