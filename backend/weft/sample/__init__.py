# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeded synthetic orthophotos of a harbour town, with the truth about what they show."""
