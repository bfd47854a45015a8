# SPDX-License-Identifier: GPL-3.0-or-later
"""Map tools that draw labels: small state machines over points, with a rubber band each."""
