# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties are tested without a clock, which would tell how busy the machine is."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
