# SPDX-License-Identifier: GPL-3.0-or-later
"""What the analyst has chosen so far, without widgets."""
