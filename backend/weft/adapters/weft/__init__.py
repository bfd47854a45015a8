# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT (arXiv:2601.09108): wavelet experts that guide a frozen network. See docs/methods.md."""
