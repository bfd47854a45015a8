# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs: one file each, a function from a request and a context to a result."""
